import type { DefinitionRecord } from "../../terminology/concept.ts";
import { distinctPlaces } from "../../vector-store/distinct-places.ts";
import type { RecordPosition, SearchOptions, VectorStore } from "../../vector-store/vector-store.ts";
import type { EncoderRetriever } from "../searcher.ts";

/** A definition near a text. */
export interface NearDefinition {
  /** Exact float32 cosine of the text and the definition. */
  cosine: number;
  text: string;
}

/** For one text: by CUI, for each encoder (in the retrievers' order) the concept's nearest definition, of those that it found. */
export type DefinitionHits = ReadonlyMap<string, readonly (NearDefinition | undefined)[]>;

/** Where the vectors of definitions of an encoder are, and what they count for. */
export interface DefinitionRetriever {
  collection: string;
  documents: string;
  from: number;
  weight: number;
}

// Deeper lists brought nothing: a definition that is farther away says too little.
const DEFINITIONS = 32;

/**
 * For each text the concepts whose definitions are near to it, by the encoders that know definitions (KRISSBERT's idea: a
 * concept is known by what is said of it too). `vectors[retriever]` holds the texts' vectors row by row.
 */
export async function describedConcepts(
  store: VectorStore,
  retrievers: readonly EncoderRetriever[],
  vectors: readonly Float32Array[],
  options: Pick<SearchOptions, "exact" | "timeoutMs"> = {},
): Promise<DefinitionHits[]> {
  const texts = vectors[0]!.length / retrievers[0]!.encoder.folder.manifest.dimension;
  const described = Array.from({ length: texts }, () => new Map<string, (NearDefinition | undefined)[]>());
  await Promise.all(
    retrievers.map(async ({ definitions }, retriever) => {
      if (!definitions) return;
      const { collection, documents } = definitions;
      const lists = await store.search(collection, vectors[retriever]!, { ...options, limit: DEFINITIONS });
      const records = await readDefinitions(store, documents, lists.flat());
      for (const [text, hits] of lists.entries()) {
        for (const { ordinal, cosine } of hits) {
          const record = records.get(ordinal);
          for (const cui of record?.cuis ?? []) {
            const near = described[text]!.get(cui) ?? retrievers.map(() => undefined);
            described[text]!.set(cui, near);
            // Hits come nearest first.
            near[retriever] ??= { cosine, text: record!.text };
          }
        }
      }
    }),
  );
  return described;
}

/** Of what a concept's nearest string lacks of 1, the share that a definition of the concept near the text makes up. */
export function definitionShare(
  retriever: DefinitionRetriever | undefined,
  definition: NearDefinition | undefined,
): number {
  if (!retriever || !definition) return 0;
  return Math.min(1, retriever.weight * Math.max(0, definition.cosine - retriever.from));
}

async function readDefinitions(
  store: VectorStore,
  documents: string,
  hits: readonly RecordPosition[],
): Promise<Map<number, DefinitionRecord>> {
  const stored = await store.fetch(documents, distinctPlaces(hits));
  return new Map(
    stored.flatMap((document) =>
      document ? [[document.ordinal, JSON.parse(document.body) as DefinitionRecord]] : [],
    ),
  );
}
