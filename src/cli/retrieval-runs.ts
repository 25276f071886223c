import { readFile, writeFile } from "node:fs/promises";
import { z } from "zod";
import type { Estimate } from "../evaluation/metrics/bootstrap.ts";
import { type PlacesByMethod, pairedDifference } from "../evaluation/retrieval-task.ts";
import type { StringRecord } from "../terminology/concept.ts";
import { unreadable } from "../terminology/files/file-access.ts";
import { TermduetError } from "../terminology/termduet-error.ts";
import type { ReleaseRecord } from "../vector-store/release-record.ts";
import type { VectorStore } from "../vector-store/vector-store.ts";

/** Places of one run: by how is counted (`strict`, `sameName`) and by method, query by query. */
export type RunPlaces = Record<string, PlacesByMethod>;

// JSON has no infinity: a concept that was not found has the place 0.
const runSchema = z.record(z.string(), z.record(z.string(), z.array(z.int().min(0))));

/** Writes a run's places, without a query in it. */
export async function writePlaces(path: string, runs: RunPlaces): Promise<void> {
  const text = JSON.stringify(runs, (_, value) => (value === Number.POSITIVE_INFINITY ? 0 : value));
  await writeFile(path, `${text}\n`);
}

/** Errors: `not-found`; `bad-input` for another file, or one of another number of queries than `queries`. */
export async function readPlaces(path: string, queries?: number): Promise<RunPlaces> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {}
  const parsed = runSchema.safeParse(json);
  if (!parsed.success) throw new TermduetError("bad-input", `${path} was not written by --places`);
  const found = (place: number): number => (place === 0 ? Number.POSITIVE_INFINITY : place);
  const runs = Object.entries(parsed.data).map(([counted, methods]) => {
    const lists = Object.entries(methods).map(([method, places]) => [method, places.map(found)] as const);
    const other = lists.find(([, places]) => queries !== undefined && places.length !== queries);
    if (other)
      throw new TermduetError(
        "bad-input",
        `${path} is of ${other[1].length} queries, this run of ${queries}`,
      );
    return [counted, Object.fromEntries(lists)] as const;
  });
  return Object.fromEntries(runs);
}

/** Acc@1 of what both runs have: this run less the other, with the paired 95 % interval. */
export function differences(after: RunPlaces, before: RunPlaces): Record<string, Record<string, Estimate>> {
  return Object.fromEntries(
    Object.entries(after).flatMap(([counted, methods]) => {
      const other = before[counted];
      if (!other) return [];
      const both = Object.entries(methods).filter(([m, { length }]) => other[m]?.length === length);
      return [
        [counted, Object.fromEntries(both.map(([m, places]) => [m, pairedDifference(places, other[m]!)]))],
      ];
    }),
  );
}

/** All strings of a release. */
export async function* storedStrings(
  store: Pick<VectorStore, "documents">,
  { strings }: ReleaseRecord,
): AsyncGenerator<StringRecord> {
  for await (const batch of store.documents(strings))
    for (const { body } of batch) yield JSON.parse(body) as StringRecord;
}
