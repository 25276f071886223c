import { setTimeout } from "node:timers/promises";
import type { OnProgress } from "../../terminology/progress.ts";
import { TermduetError } from "../../terminology/termduet-error.ts";
import type { QdrantClient } from "./qdrant-client.ts";
import { isFull } from "./server-error.ts";

/** What the server says of a collection, as far as it is read here. */
export interface CollectionInfo {
  status: "green" | "yellow" | "grey" | "red";
  optimizer_status: "ok" | { error: string };
  points_count?: number | null;
  segments_count: number;
  indexed_vectors_count?: number | null;
  config: {
    params: { vectors?: { size?: number } };
    quantization_config?: object | null;
  };
  payload_schema: Record<string, { data_type: string }>;
  update_queue?: { length: number } | null;
}

const POLL_MS = 250;
// The optimizer is told to begin after the answer to our call: one green light may be the old one.
const GREENS = 3;
// Updates that are taken in but not carried out; beyond them the server is given time.
const MAX_QUEUE = 100;

export async function collectionInfo(client: QdrantClient, name: string): Promise<CollectionInfo> {
  const call = { method: "GET", path: `/collections/${name}`, doing: `looking at ${name}` } as const;
  const info = await client.call<CollectionInfo>(call);
  refuseBroken(client.shown, name, info);
  return info;
}

/** Waits while the server is behind with what it was given. */
export async function untilReady(client: QdrantClient, name: string): Promise<void> {
  while (((await collectionInfo(client, name)).update_queue?.length ?? 0) > MAX_QUEUE)
    await setTimeout(POLL_MS);
}

/**
 * Waits until all that the server had to do for a collection is done: its segments merged and indexed.
 * Errors: `no-space` or `internal` when its optimizer gave up.
 */
export async function untilGreen(client: QdrantClient, name: string, onProgress?: OnProgress): Promise<void> {
  for (let greens = 0; greens < GREENS; ) {
    const info = await collectionInfo(client, name);
    greens = info.status === "green" && !info.update_queue?.length ? greens + 1 : 0;
    if (info.status === "grey") await wakeOptimizer(client, name);
    const total = info.points_count ?? 0;
    const done = Math.min(total, info.indexed_vectors_count ?? 0);
    onProgress?.({ stage: `index ${name}`, done, total, unit: "records" });
    if (greens < GREENS) await setTimeout(POLL_MS);
  }
}

/** After a restart the server begins nothing of itself; any change of its settings makes it look. */
async function wakeOptimizer(client: QdrantClient, name: string): Promise<void> {
  const body = { optimizers_config: {} };
  const doing = `indexing ${name}`;
  await client.call({ method: "PATCH", path: `/collections/${name}`, body, doing, writes: true });
}

function refuseBroken(
  store: string,
  name: string,
  { status, optimizer_status: optimizer }: CollectionInfo,
): void {
  if (status !== "red" && optimizer === "ok") return;
  const said = optimizer === "ok" ? "" : optimizer.error;
  const full = isFull(said);
  throw new TermduetError(
    full ? "no-space" : "internal",
    full
      ? `the disk of ${store} is full while it works on ${name}; make room, restart Qdrant, then go on with --resume`
      : `${store} has given up on ${name} (status ${status}); its log says why`,
    { cause: new Error(said) },
  );
}
