import type { StringRecord } from "../../terminology/concept.ts";
import { distinctPlaces } from "../../vector-store/distinct-places.ts";
import type { Filter, RecordPosition, SearchHit, VectorStore } from "../../vector-store/vector-store.ts";
import { type StoredString, storedString } from "../match/stored-string.ts";
import { storeOptions } from "../request/store-options.ts";
import type { EncoderRetriever } from "../searcher.ts";

/** A string of the release near a text, with every encoder's exact cosine to it (paper Eq. 9). */
export interface StringEvidence {
  id: string;
  record: StringRecord;
  /** One per encoder, in the retrievers' order. */
  cosines: number[];
  /** Whether the encoder's own search found it. */
  candidate: boolean[];
}

export interface GatherOptions {
  /** Strings that each encoder brings. */
  strings: number;
  filter?: Filter;
  /** Compares with every vector: the paper's full matrix (Eq. 10). */
  exact: boolean;
  signal?: AbortSignal;
  /** Milliseconds that the store may take for a search. */
  timeoutMs?: number;
  /** Told how many texts are done. */
  onTexts?: (done: number) => void;
}

// Asked of the store in one call, which costs it far less than so many calls.
const TEXTS_PER_CALL = 32;

/**
 * For each text the strings that are nearest by any encoder or named by it, each judged by every encoder: no string is
 * judged by one encoder alone. `vectors[retriever]` holds the texts' vectors row by row; `named` may still be under way.
 */
export async function collectCandidates(
  store: VectorStore,
  stringsCollection: string,
  retrievers: readonly EncoderRetriever[],
  vectors: readonly Float32Array[],
  named: readonly (readonly StoredString[])[] | Promise<readonly (readonly StoredString[])[]>,
  options: GatherOptions,
): Promise<StringEvidence[][]> {
  const { dimension } = retrievers[0]!.encoder.folder.manifest;
  const texts = vectors[0]!.length / dimension;
  const strings = new Map<number, StoredString>();
  const evidence: StringEvidence[][] = [];
  for (let start = 0; start < texts; start += TEXTS_PER_CALL) {
    options.signal?.throwIfAborted();
    const end = Math.min(texts, start + TEXTS_PER_CALL);
    const queries = retrievers.map((retriever, i) => {
      const width = retriever.encoder.folder.manifest.dimension;
      return vectors[i]!.subarray(start * width, end * width);
    });
    const [hits, names] = await Promise.all([nearest(store, retrievers, queries, options), named]);
    const known = names.slice(start, end);
    for (const list of known) for (const string of list) strings.set(string.ref.ordinal, string);
    const places = known.map((list, text) =>
      distinctPlaces<RecordPosition>([
        ...list.map(({ ref }) => ref),
        ...hits.flatMap((lists) => lists[text]!),
      ]),
    );
    const [cosines] = await Promise.all([
      Promise.all(
        retrievers.map((retriever, i) => judged(store, retriever.collection, queries[i]!, places, hits[i]!)),
      ),
      fetchStrings(store, stringsCollection, places, strings),
    ]);
    evidence.push(...places.map((list, text) => assembled(list, text, strings, hits, cosines)));
    options.onTexts?.(end);
  }
  return evidence;
}

/** Per encoder, per text: the nearest strings. */
async function nearest(
  store: VectorStore,
  retrievers: readonly EncoderRetriever[],
  queries: readonly Float32Array[],
  { strings, exact, filter, timeoutMs }: GatherOptions,
): Promise<SearchHit[][][]> {
  const options = { limit: strings, exact, ...storeOptions({ filter, timeoutMs }) };
  return Promise.all(
    retrievers.map(({ collection }, retriever) => store.search(collection, queries[retriever]!, options)),
  );
}

/** An encoder's cosines by place, text by text, for what it found and for what the others found. */
async function judged(
  store: VectorStore,
  collection: string,
  queries: Float32Array,
  places: readonly RecordPosition[][],
  own: readonly SearchHit[][],
): Promise<Map<number, number>[]> {
  const known = own.map((hits) => new Map(hits.map(({ ordinal, cosine }) => [ordinal, cosine])));
  const missing = places.map((list, text) => list.filter(({ ordinal }) => !known[text]!.has(ordinal)));
  if (missing.some((list) => list.length > 0)) {
    const scores = await store.scoreEach(collection, queries, missing);
    for (const [text, list] of missing.entries()) {
      for (const [i, { ordinal }] of list.entries()) known[text]!.set(ordinal, scores[text]![i] ?? -1);
    }
  }
  return known;
}

/** Reads the documents that are not known yet, each once. */
async function fetchStrings(
  store: VectorStore,
  collection: string,
  places: readonly RecordPosition[][],
  strings: Map<number, StoredString>,
): Promise<void> {
  const missing = distinctPlaces(places.flat().filter(({ ordinal }) => !strings.has(ordinal)));
  const stored = await store.fetch(collection, missing);
  for (const document of stored) if (document) strings.set(document.ordinal, storedString(document));
}

function assembled(
  places: readonly RecordPosition[],
  text: number,
  strings: ReadonlyMap<number, StoredString>,
  hits: readonly SearchHit[][][],
  cosines: readonly Map<number, number>[][],
): StringEvidence[] {
  const found = hits.map((lists) => new Set(lists[text]!.map(({ ordinal }) => ordinal)));
  return places.flatMap(({ ordinal }) => {
    const string = strings.get(ordinal);
    if (!string) return [];
    const candidate = found.map((own) => own.has(ordinal));
    const { ref, record } = string;
    return [{ id: ref.id, record, candidate, cosines: cosines.map((texts) => texts[text]!.get(ordinal)!) }];
  });
}
