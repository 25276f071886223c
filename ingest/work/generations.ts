import { TermduetError } from "../../src/terminology/termduet-error.ts";
import { collectionsOf, type ReleaseRecord, releaseRecords } from "../../src/vector-store/release-record.ts";
import type { VectorStore } from "../../src/vector-store/vector-store.ts";
import { lockForRemoval } from "./dataset-lock.ts";
import type { Journal } from "./journal.ts";

/** `umls_2024AB_g2__strings`: dataset, release, generation, content. */
const COLLECTION = /^([A-Za-z0-9][A-Za-z0-9.-]*)_([A-Za-z0-9][A-Za-z0-9.-]*?)(?:_g(\d+))?__(.+)$/;

/** Collections of a generation of a release that no record names: an ingest or an import did not come to its end. */
export interface UnfinishedRelease {
  dataset: string;
  release: string;
  generation: number;
  collections: string[];
}

interface Named {
  dataset: string;
  release: string;
}

function generationKey({ dataset, release }: Named): string {
  return `generation/${dataset}/${release}`;
}

/**
 * A number that no generation of the release has or ever had: who has an old collection open must not be given a new one
 * under its name.
 */
export async function nextGeneration(store: VectorStore, named: Named): Promise<number> {
  const used = (await store.metadata())[generationKey(named)];
  const known = [Number(used ?? 0)];
  for (const record of await releaseRecords(store)) if (isSame(record, named)) known.push(record.generation);
  for (const left of await unfinishedReleases(store)) if (isSame(left, named)) known.push(left.generation);
  return Math.max(...known) + 1;
}

/** Takes note of a generation before any collection of it is made. */
export async function useGeneration(store: VectorStore, named: Named, generation: number): Promise<void> {
  const used = Number((await store.metadata())[generationKey(named)] ?? 0);
  if (generation > used) await store.putMetadata(generationKey(named), generation);
}

export async function unfinishedReleases(store: VectorStore): Promise<UnfinishedRelease[]> {
  const named = new Set(
    (await releaseRecords(store)).flatMap((record) => collectionsOf(record).map(({ spec }) => spec.name)),
  );
  const found = new Map<string, UnfinishedRelease>();
  for (const collection of await store.collections()) {
    const [, dataset, release, generation = "1"] = COLLECTION.exec(collection) ?? [];
    if (dataset === undefined || release === undefined || named.has(collection)) continue;
    const key = `${dataset} ${release} ${generation}`;
    const left = found.get(key) ?? { dataset, release, generation: Number(generation), collections: [] };
    left.collections.push(collection);
    found.set(key, left);
  }
  return [...found.values()];
}

/** Removes what unfinished runs left of a release, but for the generation that is gone on with. */
export async function dropUnfinished(store: VectorStore, named: Named, keep?: number): Promise<string[]> {
  const left = (await unfinishedReleases(store)).filter(
    (one) => isSame(one, named) && one.generation !== keep,
  );
  const collections = left.flatMap((one) => one.collections);
  if (collections.length === 0) return collections;
  using _ = await lockForRemoval(store, named.dataset);
  for (const collection of collections) await store.dropCollection(collection);
  return collections;
}

/**
 * Takes the generation that a journal works on, and removes what runs that were given up have left.
 * Errors: `conflict` where the journal speaks of collections that are not there.
 */
export async function takeGeneration(
  store: VectorStore,
  named: Named,
  journal: Journal,
  collection: (content: string) => string,
): Promise<void> {
  await useGeneration(store, named, journal.generation);
  await dropUnfinished(store, named, journal.generation);
  if (!journal.stage("collections")) return;
  const there = await store.collections();
  if (there.includes(collection("strings"))) return;
  throw new TermduetError(
    "conflict",
    `what the unfinished ingest of ${named.dataset} ${named.release} had written is not in ${store.url} any more; use --restart to begin again`,
  );
}

function isSame(a: Named | ReleaseRecord, b: Named): boolean {
  return a.dataset === b.dataset && a.release === b.release;
}
