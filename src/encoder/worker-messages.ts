import type { ErrorCode } from "../terminology/termduet-error.ts";
import type { EncoderFolder } from "./encoder-manifest.ts";
import type { LoadOptions, TextContexts, TextRole } from "./loaded-encoder.ts";

/** What a worker is started with. */
export interface WorkerStart {
  folder: EncoderFolder;
  options: LoadOptions;
}

/** Asks a worker to finish what it does, to let go of its session, and to end. */
export const CLOSE = "close";

export interface WorkerRequest {
  id: number;
  texts: readonly string[];
  role: TextRole;
  contexts?: TextContexts;
}

export type WorkerReply =
  | { kind: "ready" }
  | { kind: "vectors"; id: number; vectors: Float32Array<ArrayBuffer>; tokens: number }
  /** `id` is absent when the encoder could not be loaded. */
  | { kind: "failed"; id?: number; code: ErrorCode; message: string };
