import { tokenBatches } from "../../encoder/token-batches.ts";
import { DataType, type ModelProto } from "../onnx/proto.ts";
import { feedsOf, RunningModel } from "../onnx/running-model.ts";
import { inferTypes } from "../onnx/types/infer-types.ts";

/** What one tensor of the graph held over the calibration strings. */
export interface Activation {
  channels: number;
  /** Tokens seen. */
  tokens: number;
  /** Smallest and largest value of each channel over all tokens. */
  minima: Float32Array;
  maxima: Float32Array;
  /** Values of some tokens, spread over all strings: float32 [rows, channels]. */
  sample: Float32Array;
}

const BATCH_TOKENS = 256;
const MAX_SAMPLE_BYTES = 1.5 * 2 ** 30;

/**
 * Runs a graph over calibration sequences and keeps what the named tensors ([batch, sequence, channels]) held: the
 * range of each channel, and `sampleTokens` rows, or as many as 1.5 GB hold. Sequences of equal length share a batch,
 * so that no padding enters.
 */
export async function collectActivations(
  model: ModelProto,
  sequences: readonly (readonly number[])[],
  names: readonly string[],
  { sampleTokens, workspace }: { sampleTokens: number; workspace: string },
): Promise<Map<string, Activation>> {
  const types = inferTypes(model);
  const batches = tokenBatches(sequences, BATCH_TOKENS);
  const tokens = batches.reduce((sum, batch) => sum + batch.sequences.length * batch.length, 0);
  const channels = names.map((name) => Number(types.get(name)!.shape.at(-1)));
  const tokenBytes = 4 * channels.reduce((a, b) => a + b, 0);
  const kept = Math.min(sampleTokens, tokens, Math.floor(MAX_SAMPLE_BYTES / tokenBytes));
  const activations = new Map(names.map((name, i) => [name, emptyActivation(channels[i]!, tokens, kept)]));
  await using running = await RunningModel.open(withOutputs(model, names), workspace);
  let seen = 0;
  for (const { sequences: batch, length } of batches) {
    const outputs = await running.run(feedsOf(batch), names);
    for (const name of names) observe(activations.get(name)!, outputs[name]!, seen, kept);
    seen += batch.length * length;
  }
  return activations;
}

function emptyActivation(channels: number, tokens: number, kept: number): Activation {
  return {
    channels,
    tokens,
    minima: new Float32Array(channels).fill(Number.POSITIVE_INFINITY),
    maxima: new Float32Array(channels).fill(Number.NEGATIVE_INFINITY),
    sample: new Float32Array(kept * channels),
  };
}

/** Row `i` of the sample is token `floor(i · tokens / kept)`. */
function observe(activation: Activation, values: Float32Array, seen: number, kept: number): void {
  const { channels, tokens, minima, maxima, sample } = activation;
  for (let start = 0; start < values.length; start += channels) {
    for (let c = 0; c < channels; c++) {
      const value = values[start + c]!;
      if (value < minima[c]!) minima[c] = value;
      if (value > maxima[c]!) maxima[c] = value;
    }
    const token = seen + start / channels;
    const row = Math.ceil((token * kept) / tokens);
    if (row < kept && Math.floor((row * tokens) / kept) === token)
      sample.set(values.subarray(start, start + channels), row * channels);
  }
}

function withOutputs(model: ModelProto, names: readonly string[]): ModelProto {
  const output = names.map((name) => ({
    name,
    elemType: DataType.FLOAT,
    shape: ["batch", "sequence", "channels"],
  }));
  return { ...model, graph: { ...model.graph, output: [...model.graph.output, ...output] } };
}

/** Largest magnitude of each channel. */
export function channelMagnitudes({ minima, maxima }: Activation): Float32Array {
  return maxima.map((high, c) => Math.max(Math.abs(high), Math.abs(minima[c]!)));
}

/** Range of the whole tensor, each channel divided by its smoothing factor. */
export function rangeOf({ minima, maxima }: Activation, smoothing?: Float32Array): [number, number] {
  let [low, high] = [0, 0];
  for (let c = 0; c < minima.length; c++) {
    const factor = smoothing?.[c] ?? 1;
    low = Math.min(low, minima[c]! / factor);
    high = Math.max(high, maxima[c]! / factor);
  }
  return [low, high];
}
