import { statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { EncoderFolder } from "../../src/encoder/encoder-manifest.ts";
import { memoryRoom } from "../../src/machine/memory-room.ts";
import { SLICE } from "./encode-block.ts";

/** What decides how many workers an encoder gets. */
export interface WorkerSizing {
  encoders: readonly EncoderFolder[];
  /** Texts that there are to encode, at most. */
  texts: number;
  /** What the user said: the most workers, whatever the memory. */
  asked: number | undefined;
  /** Cores that this process may use; a control group's quota counts. */
  cores?: number;
  /** Bytes of memory that this process may still take. */
  room?: number;
}

/**
 * Worker threads per encoder: as many as there are cores, unless memory holds fewer (each has the weights for itself) or
 * the work at hand gives fewer something to do. At least one.
 */
export function encoderWorkers({
  encoders,
  texts,
  asked,
  cores = availableParallelism(),
  room = memoryRoom(),
}: WorkerSizing): number {
  const byWork = Math.ceil(texts / SLICE);
  const most = asked ?? Math.min(cores, byMemory(encoders, room));
  return Math.max(1, Math.min(most, byWork));
}

const MEGABYTE = 2 ** 20;
// Measured on the bundled pair, per worker: 235 MB of which 116 are twice the graphs' bytes (weights as read and as packed
// for the CPU); the rest is the thread, its heap and its tokenizer.
const THREAD = 64 * MEGABYTE;
const COPIES_OF_WEIGHTS = 2;
// What a block, the store and its indexes take meanwhile, and a quarter of the rest for what is not foreseen.
const OTHERS = 512 * MEGABYTE;
const SHARE = 0.75;

function byMemory(encoders: readonly EncoderFolder[], room: number): number {
  const each = encoders.reduce((sum, encoder) => sum + THREAD + COPIES_OF_WEIGHTS * weightsOf(encoder), 0);
  return Math.floor((SHARE * room - OTHERS) / Math.max(1, each));
}

function weightsOf({ folder, manifest }: EncoderFolder): number {
  const files = Object.keys(manifest.checksums).filter((name) => name.startsWith("model.onnx"));
  return files.reduce(
    (sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}
