import type { AffineScale, QuantizedWeight } from "./linear-quantizer.ts";

/** How one linear layer is to be quantized. */
export interface LinearPlan {
  /** Layers of one group read the same quantized input; the name is that of the group's first layer. */
  group: string;
  input: AffineScale;
  /** The input is divided by this, per channel, before it is quantized; the weight holds the product. */
  smoothing?: Float32Array;
  weight: QuantizedWeight;
  /** Replaces the layer's bias, where quantization shifts the mean of the output. */
  bias?: Float32Array;
}
