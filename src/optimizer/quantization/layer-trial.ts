import { floatsOf } from "../onnx/tensors.ts";
import type { LinearLayer } from "../passes/linear-layers.ts";
import { type Activation, channelMagnitudes, rangeOf } from "./activations.ts";
import {
  type AffineScale,
  affineScale,
  dequantizeWeight,
  fakeQuantize,
  quantizeWeight,
  relativeError,
  type WeightScheme,
} from "./linear-quantizer.ts";
import type { Matrix, MatrixProducts } from "./matrix.ts";
import { dividedColumns, inputChannelMaxima, scaledRows, smoothingFactors } from "./smoothing.ts";

// Candidates are compared on so many tokens: more tell little more.
const COMPARED_TOKENS = 320;

/** Layers that read one input, and the ways to quantize them compared on tokens of the calibration strings. */
export class LayerTrial {
  readonly #products: MatrixProducts;
  readonly #activation: Activation;
  readonly #weights: readonly Float32Array[];
  /** Some rows of the sample, and what the layers make of them. */
  readonly #compared: Matrix;
  readonly #exact: readonly Float32Array[];

  private constructor(
    products: MatrixProducts,
    activation: Activation,
    weights: readonly Float32Array[],
    compared: Matrix,
    exact: readonly Float32Array[],
  ) {
    this.#products = products;
    this.#activation = activation;
    this.#weights = weights;
    this.#compared = compared;
    this.#exact = exact;
  }

  static async prepare(
    products: MatrixProducts,
    layers: readonly LinearLayer[],
    activation: Activation,
  ): Promise<LayerTrial> {
    const weights = layers.map((layer) => floatsOf(layer.weight));
    const compared = someRows(matrix(activation.sample, activation.channels), COMPARED_TOKENS);
    const exact: Float32Array[] = [];
    for (const weight of weights)
      exact.push((await products.times(compared, rowsOf(weight, compared.columns))).values);
    return new LayerTrial(products, activation, weights, compared, exact);
  }

  /** SmoothQuant's factors of the shared input; undefined for strength 0. */
  smoothing(alpha: number): Float32Array | undefined {
    if (alpha === 0) return undefined;
    const { channels } = this.#activation;
    return smoothingFactors(
      channelMagnitudes(this.#activation),
      inputChannelMaxima(this.#weights, channels),
      alpha,
    );
  }

  /** The scale of the input under a smoothing, its range cut to a share. */
  scale(smoothing: Float32Array | undefined, clip: number): AffineScale {
    const [low, high] = rangeOf(this.#activation, smoothing);
    return affineScale(low * clip, high * clip);
  }

  /**
   * Error of the layers' outputs for each of the clips, under one smoothing: the sum over the layers of
   * `|XW - X̂Ŵ|² / |XW|²`.
   */
  async errors(
    smoothing: Float32Array | undefined,
    clips: readonly number[],
    scheme: WeightScheme,
  ): Promise<number[]> {
    const { channels } = this.#activation;
    const weights = this.#weights.map((weight) => {
      const to = weight.length / channels;
      return rowsOf(
        dequantizeWeight(quantizeWeight(scaledRows(weight, smoothing), to, scheme), to),
        channels,
      );
    });
    const divided = dividedColumns(this.#compared.values, smoothing);
    const errors: number[] = [];
    for (const clip of clips) {
      const input = matrix(fakeQuantize(divided.slice(), this.scale(smoothing, clip)), channels);
      let sum = 0;
      for (const [i, weight] of weights.entries())
        sum += relativeError(this.#exact[i]!, (await this.#products.times(input, weight)).values);
      errors.push(sum);
    }
    return errors;
  }

  /** The whole sample as the quantized layers see it, dequantized: float32 [rows, channels]. */
  quantizedInput(scale: AffineScale): Matrix {
    const { sample, channels } = this.#activation;
    return matrix(fakeQuantize(sample.slice(), scale), channels);
  }

  /**
   * Mean error of the outputs of layer `index` over the whole sample, per output channel, when its input and weight
   * are quantized to these: what its bias has to make up for.
   */
  async meanError(index: number, input: Matrix, quantized: Float32Array): Promise<Float32Array> {
    const weight = this.#weights[index]!;
    const { channels, sample } = this.#activation;
    // The mean of a product is the product of the mean.
    const exact = await this.#products.times(columnMeans(matrix(sample, channels)), rowsOf(weight, channels));
    const got = await this.#products.times(columnMeans(input), rowsOf(quantized, channels));
    return exact.values.map((value, o) => value - got.values[o]!);
  }

  weight(index: number): Float32Array {
    return this.#weights[index]!;
  }
}

function columnMeans({ rows, columns, values }: Matrix): Matrix {
  const sums = new Float64Array(columns);
  for (let i = 0; i < values.length; i++) sums[i % columns]! += values[i]!;
  return { rows: 1, columns, values: Float32Array.from(sums, (sum) => sum / rows) };
}

/** Every n-th row. */
function someRows(all: Matrix, wanted: number): Matrix {
  const rows = Math.min(wanted, all.rows);
  const values = new Float32Array(rows * all.columns);
  for (let i = 0; i < rows; i++) {
    const row = Math.floor((i * all.rows) / rows);
    values.set(all.values.subarray(row * all.columns, (row + 1) * all.columns), i * all.columns);
  }
  return { rows, columns: all.columns, values };
}

function matrix(values: Float32Array, columns: number): Matrix {
  return { rows: values.length / columns, columns, values };
}

function rowsOf(values: Float32Array, rows: number): Matrix {
  return { rows, columns: values.length / rows, values };
}
