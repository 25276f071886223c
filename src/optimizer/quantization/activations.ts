import { InferenceSession, Tensor } from "onnxruntime-node";
import { encodeModel } from "../onnx/codec.ts";
import { DataType, type ModelProto } from "../onnx/proto.ts";

/** What one tensor of the graph held over the calibration strings: float32 [tokens, channels]. */
export interface Activation {
  tokens: number;
  channels: number;
  values: Float32Array;
}

/**
 * Runs the float graph over calibration sequences and keeps the values of the named tensors ([batch, sequence,
 * channels]). Sequences of equal length share a batch, so that no padding enters the statistics.
 */
export async function collectActivations(
  model: ModelProto,
  sequences: readonly (readonly number[])[],
  names: readonly string[],
): Promise<Map<string, Activation>> {
  const session = await InferenceSession.create(Buffer.concat(encodeModel(withOutputs(model, names))), {
    graphOptimizationLevel: "disabled",
    intraOpNumThreads: 2,
  });
  const parts = new Map<string, Float32Array[]>(names.map((name) => [name, []]));
  try {
    for (const batch of byLength(sequences)) {
      const outputs = await session.run(feeds(batch), [...names]);
      for (const name of names) parts.get(name)!.push(Float32Array.from(outputs[name]!.data as Float32Array));
    }
  } finally {
    await session.release();
  }
  const tokens = sequences.reduce((sum, s) => sum + s.length, 0);
  return new Map(names.map((name) => [name, joined(parts.get(name)!, tokens)]));
}

function withOutputs(model: ModelProto, names: readonly string[]): ModelProto {
  const output = names.map((name) => ({
    name,
    elemType: DataType.FLOAT,
    shape: ["batch", "sequence", "channels"],
  }));
  return { ...model, graph: { ...model.graph, output: [...model.graph.output, ...output] } };
}

function byLength(sequences: readonly (readonly number[])[]): (readonly number[])[][] {
  const groups = new Map<number, (readonly number[])[]>();
  for (const sequence of sequences) {
    const group = groups.get(sequence.length) ?? [];
    group.push(sequence);
    groups.set(sequence.length, group);
  }
  return [...groups.values()];
}

/** Feeds of a batch of sequences that are equally long. */
export function feeds(batch: readonly (readonly number[])[]): Record<string, Tensor> {
  const shape = [batch.length, batch[0]!.length];
  const ids = BigInt64Array.from(batch.flat(), BigInt);
  const mask = new BigInt64Array(ids.length).fill(1n);
  return { input_ids: new Tensor("int64", ids, shape), attention_mask: new Tensor("int64", mask, shape) };
}

function joined(parts: Float32Array[], tokens: number): Activation {
  const length = parts.reduce((sum, p) => sum + p.length, 0);
  const values = new Float32Array(length);
  let at = 0;
  for (const part of parts) {
    values.set(part, at);
    at += part.length;
  }
  return { tokens, channels: length / tokens, values };
}
