import { z } from "zod";
import type { Provider } from "../../encoder/providers.ts";
import type { ModelProto } from "../onnx/proto.ts";
import { fuseAttention } from "./fusion/fuse-attention.ts";
import { fuseBiasGelu } from "./fusion/fuse-bias-gelu.ts";
import { fuseEmbeddings } from "./fusion/fuse-embeddings.ts";
import { fuseGelu } from "./fusion/fuse-gelu.ts";
import { fuseLayerNorm } from "./fusion/fuse-layer-norm.ts";
import { fuseSkipLayerNorm } from "./fusion/fuse-skip-layer-norm.ts";
import { packAttention } from "./fusion/pack-attention.ts";
import { definePass } from "./pass.ts";

const parameters = z.strictObject({
  /**
   * `multi-head` keeps the projections apart, so that they can be quantized; `packed` makes query, key and value one
   * product inside `Attention`.
   */
  attention: z.enum(["multi-head", "packed"]).optional(),
  /** Slower than its parts on CPUs, faster on GPUs. */
  skipLayerNorm: z.boolean().optional(),
  embedLayerNorm: z.boolean().optional(),
  biasGelu: z.boolean().optional(),
});

type FusionParameters = z.output<typeof parameters>;

/**
 * Pass `transformer-fusion`: groups of nodes become the operators that ONNX Runtime has for them. What is not said
 * follows from the target: a CPU wants `MultiHeadAttention` and `Gelu` alone, a GPU everything.
 */
export const transformerFusion = definePass({
  name: "transformer-fusion",
  description: "attention, GELU and layer norms become the operators that ONNX Runtime has for them",
  parameters,
  search: {},
  usesCalibration: false,
  refuses: (_, { provider }) =>
    provider === "tensorrt" || provider === "coreml"
      ? `${provider} takes standard operators alone and fuses them itself`
      : undefined,
  apply: (piece, chosen, { target }) => {
    const model = fuseTransformer(piece.model, { ...defaults(target.provider), ...chosen });
    return { ...piece, model };
  },
});

function defaults(provider: Provider): Required<FusionParameters> {
  const onGpu = provider !== "cpu";
  return {
    attention: onGpu ? "packed" : "multi-head",
    skipLayerNorm: onGpu,
    embedLayerNorm: provider === "cuda" || provider === "dml",
    biasGelu: onGpu,
  };
}

function fuseTransformer(model: ModelProto, chosen: FusionParameters): ModelProto {
  let fused = fuseGelu(fuseAttention(fuseLayerNorm(model)));
  if (chosen.attention === "packed") fused = packAttention(fused);
  if (chosen.embedLayerNorm) fused = fuseEmbeddings(fused);
  if (chosen.skipLayerNorm) fused = fuseSkipLayerNorm(fused);
  if (chosen.biasGelu) fused = fuseBiasGelu(fused);
  return fused;
}
