import type { EncoderFolder } from "../../src/encoder/encoder-manifest.ts";
import {
  definitionsSpec,
  definitionVectors,
  definitionVectorsSpec,
  type ReleaseRecord,
  stringsSpec,
  vectorsSpec,
} from "../../src/vector-store/release-record.ts";
import type { CollectionSpec, VectorStore } from "../../src/vector-store/vector-store.ts";
import type { Journal } from "../work/journal.ts";
import type { Shard } from "../work/shard.ts";

/** A collection to begin, and the one of an earlier release that has the same of it. */
export interface Beginning {
  spec: CollectionSpec;
  earlier: string | undefined;
}

/** Collections that are filled block by block, with those of the dataset's latest release that has each. */
export function beginnings(
  encoders: readonly EncoderFolder[],
  records: readonly ReleaseRecord[],
  name: (content: string) => string,
): Beginning[] {
  const latestFirst = [...records].sort((a, b) => (a.ingestedAt < b.ingestedAt ? 1 : -1));
  const latest = (of: (record: ReleaseRecord) => string | undefined): string | undefined =>
    latestFirst.map(of).find((collection) => collection !== undefined);
  const describing = encoders.filter(({ manifest }) => manifest.definitions);
  return [
    { spec: stringsSpec(name("strings")), earlier: latest((record) => record.strings) },
    // Vectors are those of just these files: another encoder's say something else.
    ...encoders.map(({ hash, manifest: { id, dimension, mention } }) => {
      // What is read in a context may have stood in another one before.
      const earlier = mention
        ? undefined
        : latest((record) => record.encoders.find((e) => e.hash === hash)?.collection);
      return { spec: vectorsSpec(name(id), dimension), earlier };
    }),
    ...(describing.length > 0
      ? [
          {
            spec: definitionsSpec(name("definitions")),
            earlier: latest(({ definitions }) => definitions?.collection),
          },
        ]
      : []),
    ...describing.map(({ hash, manifest: { id, dimension } }) => {
      const spec = definitionVectorsSpec(name(definitionVectors(id)), dimension);
      return { spec, earlier: latest((record) => vectorsOfDefinitions(record, hash)) };
    }),
  ];
}

function vectorsOfDefinitions({ encoders, definitions }: ReleaseRecord, hash: string): string | undefined {
  const id = encoders.find((e) => e.hash === hash)?.id;
  return definitions?.vectors.find(({ encoder }) => encoder === id)?.collection;
}

/** Begins collections, as copies where the store makes some and all blocks are this process's, else empty. Gives the names of the copies. */
export async function beginCollections(
  { store, journal, shard, mends }: { store: VectorStore; journal: Journal; shard: Shard; mends: boolean },
  wanted: readonly Beginning[],
): Promise<ReadonlySet<string>> {
  const done = journal.stage<string[]>("collections");
  if (done) return new Set(done);
  const copies: string[] = [];
  // One after the other: a server that opens several at once has no core left for those who search.
  // What is to be mended is read row by row, and encoded where it is damaged.
  for (const { spec, earlier } of shard.isWhole && !mends ? wanted : [])
    if (earlier !== undefined && (await store.copies?.begin(earlier, spec))) copies.push(spec.name);
  const others = wanted.filter(({ spec }) => !copies.includes(spec.name));
  // Together: a cluster with a node away takes ten seconds for each.
  await Promise.all(others.map(({ spec }) => store.createCollection(spec, shard.creation)));
  journal.stageDone("collections", copies);
  return new Set(copies);
}
