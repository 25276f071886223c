import { TermduetError } from "../../terminology/termduet-error.ts";
import type { QdrantClient } from "./qdrant-client.ts";

/** Under which a payload holds what its vector is checked by. */
export const PROBE = "probe";
/** A coordinate that differs by less is no other vector. */
const TOLERANCE = 1e-3;
const IDS_PER_CALL = 8192;

const signs = new Map<number, Float32Array>();

/** As many times 1 or -1, the same in every process: a vector's product with it changes with each of its coordinates. */
function signsOf(dimension: number): Float32Array {
  const known = signs.get(dimension);
  if (known) return known;
  let state = 0x9e3779b9;
  const made = Float32Array.from({ length: dimension }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state & 1 ? 1 : -1;
  });
  signs.set(dimension, made);
  return made;
}

/** A number by which it is seen later whether a vector is what was written; a server can give it of many without their vectors. */
export function probeOf(vector: ArrayLike<number>): number {
  const own = signsOf(vector.length);
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += own[i]! * vector[i]!;
  return Math.round(sum * 1e5) / 1e5;
}

/** Errors: `bad-input` where the vector of a point is not what was written. Points of earlier versions have no probe. */
export function checkProbe(collection: string, id: number, found: number, probe: number | undefined): void {
  // Written so that a NaN fails as well.
  if (probe === undefined || Math.abs(found - probe) < TOLERANCE) return;
  throw new TermduetError(
    "bad-input",
    `the vector of point ${id} in ${collection} is damaged: it is not what was written; ingest with --restart encodes it anew`,
  );
}

/** The same for many points, whose vectors stay on the server. */
export async function checkProbes(
  client: QdrantClient,
  collection: string,
  dimension: number,
  probes: ReadonlyMap<number, number | undefined>,
): Promise<void> {
  const ids = [...probes.keys()].filter((id) => probes.get(id) !== undefined);
  for (let start = 0; start < ids.length; start += IDS_PER_CALL) {
    const some = ids.slice(start, start + IDS_PER_CALL);
    const { points } = await client.call<{ points: { id: number; score: number }[] }>({
      method: "POST",
      path: `/collections/${collection}/points/query`,
      body: {
        query: Array.from(signsOf(dimension)),
        limit: some.length,
        params: { exact: true },
        filter: { must: [{ has_id: some }] },
        with_payload: false,
      },
      doing: `checking ${collection}`,
    });
    for (const { id, score } of points) checkProbe(collection, id, score, probes.get(id));
  }
}
