import { closeSync, copyFileSync, linkSync, openSync, readFileSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { errnoOf, TermduetError } from "../../terminology/termduet-error.ts";
import { decodeModel } from "./decode-model.ts";
import { type ExternalPlace, encodeModel } from "./encode-model.ts";
import type { ModelProto, TensorProto } from "./proto.ts";
import { FileData } from "./tensor-data.ts";
import type { Chunk } from "./wire.ts";

// A protobuf message ends at 2 GB; a little is left for what is not tensors.
const MAX_INLINE_BYTES = 2 ** 31 - 16 * 1024 * 1024;
// Tensors that shapes and scalars are read from stay in the model's file, where tools look for them.
const MIN_EXTERNAL_BYTES = 1024;
const ALIGNMENT = 64;

/** Reads `model.onnx`; its external data is left where it is. Errors: `bad-input`. */
export function readModel(path: string): ModelProto {
  const file = readFileSync(path);
  // No Buffer: its `slice` is a view, where that of a Uint8Array is a copy.
  const bytes = new Uint8Array(file.buffer, file.byteOffset, file.length);
  try {
    return decodeModel(bytes, dirname(path));
  } catch (cause) {
    throw new TermduetError("bad-input", `${path} is no ONNX model: ${(cause as Error).message}`, { cause });
  }
}

/** The whole model as one file's bytes, for a session in memory. Below 2 GB. */
export function modelBytes(model: ModelProto): Uint8Array {
  return Buffer.concat(encodeModel(model).map(bytesOf));
}

/** Bytes of all tensors. */
export function weightBytes({ graph }: ModelProto): number {
  return graph.initializer.reduce((sum, tensor) => sum + tensor.data.byteLength, 0);
}

/**
 * Writes `model.onnx`, with its tensors in it where they fit, else in `model.onnx.data` beside it. One tensor at a
 * time is in memory. Gives the names of the files written.
 */
export function writeModel(model: ModelProto, folder: string, maxInlineBytes = MAX_INLINE_BYTES): string[] {
  if (weightBytes(model) <= maxInlineBytes) {
    writeChunks(join(folder, "model.onnx"), encodeModel(model));
    return ["model.onnx"];
  }
  const data = "model.onnx.data";
  const places = new Map<TensorProto, ExternalPlace>();
  appendTensors(join(folder, data), data, large(model), places);
  writeChunks(
    join(folder, "model.onnx"),
    encodeModel(model, (tensor) => places.get(tensor)),
  );
  return ["model.onnx", data];
}

/**
 * Writes a model of a chain of passes: its large tensors lie outside `model.onnx`, and those that an earlier model of
 * the chain wrote are not written again: their file gets a second name here. Gives the model with its tensors on disk.
 */
export function storeModel(model: ModelProto, folder: string, id: string): ModelProto {
  const places = new Map<TensorProto, ExternalPlace>();
  const own: TensorProto[] = [];
  const linked = new Set<string>();
  for (const tensor of large(model)) {
    if (!(tensor.data instanceof FileData)) {
      own.push(tensor);
      continue;
    }
    const { path, offset } = tensor.data;
    const location = basename(path);
    if (!linked.has(path)) linkFile(path, join(folder, location));
    linked.add(path);
    places.set(tensor, { location, offset });
  }
  const data = `${id}.data`;
  if (own.length > 0) appendTensors(join(folder, data), data, own, places);
  const path = join(folder, "model.onnx");
  writeChunks(
    path,
    encodeModel(model, (tensor) => places.get(tensor)),
  );
  return readModel(path);
}

/** A second name for a file; a copy where the file system has no such thing. */
function linkFile(from: string, to: string): void {
  if (from === to) return;
  try {
    linkSync(from, to);
  } catch (error) {
    if (errnoOf(error) === "EEXIST") return;
    copyFileSync(from, to);
  }
}

function large({ graph }: ModelProto): TensorProto[] {
  return graph.initializer.filter((tensor) => tensor.data.byteLength >= MIN_EXTERNAL_BYTES);
}

function appendTensors(
  path: string,
  location: string,
  tensors: readonly TensorProto[],
  places: Map<TensorProto, ExternalPlace>,
): void {
  const descriptor = openSync(path, "w");
  try {
    let position = 0;
    for (const tensor of tensors) {
      const offset = Math.ceil(position / ALIGNMENT) * ALIGNMENT;
      writeAll(descriptor, new Uint8Array(offset - position));
      writeAll(descriptor, tensor.data.bytes());
      places.set(tensor, { location, offset });
      position = offset + tensor.data.byteLength;
    }
  } finally {
    closeSync(descriptor);
  }
}

function writeChunks(path: string, chunks: readonly Chunk[]): void {
  const descriptor = openSync(path, "w");
  try {
    for (const chunk of chunks) writeAll(descriptor, bytesOf(chunk));
  } finally {
    closeSync(descriptor);
  }
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; )
    at += writeSync(descriptor, bytes, at, Math.min(bytes.length - at, 1 << 30));
}

function bytesOf(chunk: Chunk): Uint8Array {
  return chunk instanceof Uint8Array ? chunk : chunk.bytes();
}
