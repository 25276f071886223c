import { parentPort, workerData } from "node:worker_threads";
import { TermduetError } from "../../terminology/termduet-error.ts";
import type { IndexJob, IndexMessage, IndexReply, JobResults } from "./index-jobs.ts";
import { clusterRows, encodeRows } from "./make-codes.ts";
import { NearestVectors } from "./nearest-vectors.ts";

const thread = workerData as number;
const sources = new Map<number, NearestVectors>();

parentPort!.on("message", (message: IndexMessage) => {
  if (message.kind === "open") {
    sources.get(message.source)?.[Symbol.dispose]();
    sources.set(message.source, new NearestVectors(message.vectors, thread));
  } else if (message.kind === "close") {
    sources.get(message.source)?.[Symbol.dispose]();
    sources.delete(message.source);
  } else parentPort!.postMessage(answer(message.job));
});

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
  return sources.get(job.source)!.search(job);
}
