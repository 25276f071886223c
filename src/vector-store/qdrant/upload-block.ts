import pLimit from "p-limit";
import type { Block, CollectionSpec } from "../vector-store.ts";
import { DOCUMENT_VECTOR } from "./collection-params.ts";
import { floatArrayJson } from "./float-json.ts";
import { payloadText } from "./payload.ts";
import type { QdrantClient } from "./qdrant-client.ts";
import { PROBE, probeOf } from "./vector-probe.ts";

// Requests of some two megabytes: the server refuses more than 32, and small ones cost a round trip each.
const REQUEST_BYTES = 2_000_000;
const MAX_POINTS = 512;
const BYTES_PER_FLOAT = 14;
// Enough to keep the server busy while the next request is written; each waits until it has been taken in.
const AT_ONCE = 4;

/** Writes the rows of a block, each under its key or row number: a row that is there already is replaced. */
export async function uploadBlock(client: QdrantClient, spec: CollectionSpec, block: Block): Promise<void> {
  const limit = pLimit({ concurrency: AT_ONCE, rejectOnClear: true });
  const path = `/collections/${spec.name}/points?wait=true`;
  const doing = `writing ${spec.name}`;
  const uploads = [...chunks(spec, block)].map(([from, to]) =>
    limit(async () => {
      const body = pointsBody(spec, block, from, to);
      await client.call({ method: "PUT", path, body, doing, writes: true });
    }),
  );
  try {
    await Promise.all(uploads);
  } catch (error) {
    limit.clearQueue();
    await Promise.allSettled(uploads);
    throw error;
  }
}

const DELETED_AT_ONCE = 10_000;

export async function deletePoints(
  client: QdrantClient,
  collection: string,
  ids: readonly number[],
): Promise<void> {
  const path = `/collections/${collection}/points/delete?wait=true`;
  for (let start = 0; start < ids.length; start += DELETED_AT_ONCE) {
    const body = { points: ids.slice(start, start + DELETED_AT_ONCE) };
    await client.call({ method: "POST", path, body, doing: `writing ${collection}`, writes: true });
  }
}

/** Id of a record's point: its key, so that the next release finds it again, or else its row number. */
function pointId({ keys, firstOrdinal }: Block, row: number): number {
  return keys?.of[row] ?? firstOrdinal + row;
}

/** Ranges of rows that make a request of a good size. */
function* chunks({ dimension = 0 }: CollectionSpec, { ids, bodies }: Block): Generator<[number, number]> {
  let [from, size] = [0, 0];
  for (let row = 0; row < ids.length; row++) {
    size += dimension * BYTES_PER_FLOAT + (bodies?.[row]?.length ?? 0) + 500;
    if (size < REQUEST_BYTES && row + 1 - from < MAX_POINTS) continue;
    yield [from, row + 1];
    [from, size] = [row + 1, 0];
  }
  if (from < ids.length) yield [from, ids.length];
}

function pointsBody(spec: CollectionSpec, block: Block, from: number, to: number): Buffer {
  const parts: Buffer[] = [];
  for (let row = from; row < to; row++) {
    const head = `${row === from ? '{"points":[' : ","}{"id":${pointId(block, row)},"payload":`;
    const { dimension } = spec;
    const { json } = payloadText(spec, block, row);
    const probe =
      dimension === undefined
        ? json
        : `${json.slice(0, -1)},"${PROBE}":${probeOf(block.vectors!.subarray(row * dimension, (row + 1) * dimension))}}`;
    parts.push(Buffer.from(`${head}${probe},"vector":`));
    const vector =
      dimension === undefined
        ? Buffer.from(DOCUMENT_VECTOR)
        : floatArrayJson(block.vectors!, row * dimension, dimension);
    parts.push(vector, Buffer.from("}"));
  }
  parts.push(Buffer.from("]}"));
  return Buffer.concat(parts);
}
