import { parentPort, workerData } from "node:worker_threads";
import { TermduetError } from "../terminology/termduet-error.ts";
import { LoadedEncoder } from "./loaded-encoder.ts";
import { CLOSE, type WorkerReply, type WorkerRequest, type WorkerStart } from "./worker-messages.ts";

/** Entry of a worker thread: loads one encoder and answers one request after the other. */
const port = parentPort!;

function reply(message: WorkerReply, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer);
}

function failed(error: unknown, id?: number): void {
  const code = error instanceof TermduetError ? error.code : "internal";
  const message = error instanceof Error ? error.message : String(error);
  reply({ kind: "failed", code, message, ...(id === undefined ? {} : { id }) });
}

try {
  const { folder, options } = workerData as WorkerStart;
  const encoder = await LoadedEncoder.load(folder, options);
  // One at a time: the session holds this thread anyway, and order keeps memory bounded.
  let queue = Promise.resolve();
  port.on("message", (message: WorkerRequest | typeof CLOSE) => {
    queue = queue.then(async () => {
      if (message === CLOSE) {
        await encoder.release();
        port.close();
        return;
      }
      const { id, texts, role, contexts } = message;
      try {
        const { vectors, tokens } = await encoder.encode(texts, role, contexts);
        reply({ kind: "vectors", id, vectors: vectors as Float32Array<ArrayBuffer>, tokens }, [
          vectors.buffer as ArrayBuffer,
        ]);
      } catch (error) {
        failed(error, id);
      }
    });
  });
  reply({ kind: "ready" });
} catch (error) {
  failed(error);
}
