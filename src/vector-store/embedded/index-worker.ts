import { parentPort, workerData } from "node:worker_threads";
import { TermduetError } from "../../terminology/termduet-error.ts";
import type { IndexJob, IndexMessage, IndexReply, JobResults, VectorSource } from "./index-jobs.ts";
import { clusterRows, encodeRows } from "./make-codes.ts";
import { NearestVectors } from "./nearest-vectors.ts";

const thread = workerData as number;
/** A collection that can't be opened, because it was removed, must not end the thread: whoever searches it is told. */
const sources = new Map<number, NearestVectors | Error>();

parentPort!.on("message", (message: IndexMessage) => {
  if (message.kind === "open") {
    close(message.source);
    sources.set(message.source, opened(message.vectors));
  } else if (message.kind === "close") {
    close(message.source);
  } else parentPort!.postMessage(answer(message.job));
});

function opened(vectors: VectorSource): NearestVectors | Error {
  try {
    return new NearestVectors(vectors, thread);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function close(source: number): void {
  const vectors = sources.get(source);
  if (vectors && !(vectors instanceof Error)) vectors[Symbol.dispose]();
  sources.delete(source);
}

function answer(job: IndexJob): IndexReply {
  try {
    return { result: done(job) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return error instanceof TermduetError ? { error: message, code: error.code } : { error: message };
  }
}

function done(job: IndexJob): JobResults[IndexJob["kind"]] {
  if (job.kind === "cluster") return clusterRows(job.rows, job.dimension, job.count, job.partitions);
  if (job.kind === "encode") return encodeRows(job.rows, job.dimension, job.from, job.to, job.centres);
  const vectors = sources.get(job.source)!;
  if (vectors instanceof Error) throw vectors;
  return vectors.search(job);
}
