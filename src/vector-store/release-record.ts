import { z } from "zod";
import { TermduetError } from "../terminology/termduet-error.ts";
import type { CollectionSpec, VectorStore } from "./vector-store.ts";

const recordSchema = z.object({
  dataset: z.string(),
  release: z.string(),
  /** Counts up when a release is ingested again under the same name. */
  generation: z.int().positive(),
  /** SHA-256 over the source's files and the filters: what was ingested. */
  fingerprint: z.string(),
  source: z.string(),
  /** Filters that were in force: empty lists mean all. */
  filters: z.object({
    sab: z.array(z.string()),
    lat: z.array(z.string()),
    sty: z.array(z.string()).optional(),
    includeSuppressed: z.boolean(),
  }),
  ingestedAt: z.string(),
  counts: z.object({
    atoms: z.int(),
    strings: z.int(),
    concepts: z.int(),
    rejects: z.int(),
    bySab: z.record(z.string(), z.int()),
    byLat: z.record(z.string(), z.int()),
    /** Concepts of each semantic type (TUI). */
    bySty: z.record(z.string(), z.object({ name: z.string(), concepts: z.int() })),
  }),
  /** What standing is usual (`ConceptStanding`): the mean over the strings. Absent in what earlier versions have ingested. */
  standing: z.object({ names: z.number(), relations: z.number() }).optional(),
  /** Glosses and mentions that a user added to the release: read, those that found a concept, and the concepts. */
  added: z
    .object({ glosses: z.record(z.string(), z.int()), mentions: z.record(z.string(), z.int()) })
    .optional(),
  encoders: z.array(
    z.object({
      id: z.string(),
      hash: z.string(),
      dimension: z.int(),
      collection: z.string(),
      encoded: z.int(),
      copied: z.int(),
    }),
  ),
  strings: z.string(),
  concepts: z.string(),
  /** Distinct definitions, where an encoder of the release knows them: the documents, and its vectors of them. */
  definitions: z
    .object({
      collection: z.string(),
      count: z.int(),
      vectors: z.array(z.object({ encoder: z.string(), collection: z.string() })),
    })
    .optional(),
});

/** What the store knows of one release that was ingested and verified. */
export type ReleaseRecord = z.infer<typeof recordSchema>;

/** Errors: zod's, for what is no record. */
export function parseReleaseRecord(value: unknown): ReleaseRecord {
  return recordSchema.parse(value);
}

const KEY = "release/";
const NAME = /^[A-Za-z0-9][A-Za-z0-9.-]{0,59}$/;
// No file of Windows may be called so, whatever comes after a dot.
const RESERVED = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i;

/** Errors: `usage` for a name that could not be part of a collection's name. */
export function checkReleaseName(option: string, name: string): string {
  if (!NAME.test(name) || name.endsWith(".")) {
    throw new TermduetError(
      "usage",
      `${option} ${name} is not a name: use letters, digits, dots and hyphens, at most 60, the last not a dot`,
    );
  }
  if (RESERVED.test(name))
    throw new TermduetError("usage", `${option} ${name} is a device's name on Windows; use another`);
  return name;
}

/**
 * Errors: `usage` where the store has a dataset, or the dataset a release, whose name differs from this one by case alone: on
 * the disks of Macs and Windows they would be one file.
 */
export function checkSpelling(
  records: readonly ReleaseRecord[],
  { dataset, release }: { dataset: string; release: string },
): void {
  const check = (option: string, name: string, known: readonly string[]): void => {
    const other = known.find((k) => k !== name && k.toLowerCase() === name.toLowerCase());
    if (other !== undefined)
      throw new TermduetError("usage", `${option} ${name} is spelled ${other} in the store; write it so`);
  };
  check(
    "--dataset",
    dataset,
    records.map((r) => r.dataset),
  );
  const own = records.filter((r) => r.dataset === dataset);
  check(
    "--release",
    release,
    own.map((r) => r.release),
  );
}

/** Generations have records of their own, so that one can be written while another is active. */
export function releaseKey({ dataset, release, generation }: ReleaseRecord): string {
  return `${KEY}${dataset}/${release}/${generation}`;
}

/** All releases of a store, by dataset, name and generation. */
export async function releaseRecords(store: VectorStore): Promise<ReleaseRecord[]> {
  const entries = Object.entries(await store.metadata()).filter(([key]) => key.startsWith(KEY));
  return entries
    .map(([key, value]) => {
      const parsed = recordSchema.safeParse(value);
      if (parsed.success) return parsed.data;
      throw new TermduetError(
        "bad-input",
        `${store.url}: ${key} can't be read by this version; ingest the release again`,
      );
    })
    .sort(
      (a, b) => compare(a.dataset, b.dataset) || compare(a.release, b.release) || a.generation - b.generation,
    );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Name of a collection of a release: `umls_2024AB__termduet-a`, with the generation when it is not the first. */
export function collectionName(
  dataset: string,
  release: string,
  generation: number,
  content: string,
): string {
  return `${dataset}_${release}${generation > 1 ? `_g${generation}` : ""}__${content}`;
}

/** Alias of a dataset's active collection: `umls__termduet-a`. */
export function aliasName(dataset: string, content: string): string {
  return `${dataset}__${content}`;
}

/** A collection of a release. */
export interface ReleaseCollection {
  /** What is in it, whatever the store and the generation: `strings`, `concepts`, `definitions`, or by which encoder it is of vectors. */
  content: string;
  spec: CollectionSpec;
  /** Records that it must hold. */
  count: number;
}

/** What the vectors of definitions are called, beside those of strings, which have the encoder's name. */
export function definitionVectors(encoder: string): string {
  return `${encoder}.definitions`;
}

/** All collections of a release: documents first. */
export function collectionsOf(record: ReleaseRecord): ReleaseCollection[] {
  const { counts, definitions } = record;
  const dimensions = new Map(record.encoders.map((e) => [e.id, e.dimension]));
  return [
    { content: "concepts", spec: conceptsSpec(record.concepts), count: counts.concepts },
    { content: "strings", spec: stringsSpec(record.strings), count: counts.strings },
    ...record.encoders.map((e) => {
      return { content: e.id, spec: vectorsSpec(e.collection, e.dimension), count: counts.strings };
    }),
    ...(definitions
      ? [
          { content: "definitions", spec: definitionsSpec(definitions.collection), count: definitions.count },
          ...definitions.vectors.map(({ encoder, collection }) => {
            const spec = definitionVectorsSpec(collection, dimensions.get(encoder)!);
            return { content: definitionVectors(encoder), spec, count: definitions.count };
          }),
        ]
      : []),
  ];
}

/** The same release with its collections renamed: `name` is given what is in each. */
export function renamed(
  record: ReleaseRecord,
  generation: number,
  name: (content: string) => string,
): ReleaseRecord {
  const { definitions } = record;
  return {
    ...record,
    generation,
    strings: name("strings"),
    concepts: name("concepts"),
    encoders: record.encoders.map((e) => ({ ...e, collection: name(e.id) })),
    ...(definitions
      ? {
          definitions: {
            ...definitions,
            collection: name("definitions"),
            vectors: definitions.vectors.map(({ encoder }) => {
              return { encoder, collection: name(definitionVectors(encoder)) };
            }),
          },
        }
      : {}),
  };
}

/** The aliases that name a release's collections while it is active. */
export function aliasesOf(record: ReleaseRecord): Record<string, string> {
  const named = collectionsOf(record).map(({ content, spec }) => [
    aliasName(record.dataset, content),
    spec.name,
  ]);
  return Object.fromEntries(named);
}

/** The active release of each dataset: the one whose strings the alias names. */
export async function activeReleases(store: VectorStore): Promise<ReleaseRecord[]> {
  const aliases = await store.aliases();
  const records = await releaseRecords(store);
  return records.filter((record) => aliases[aliasName(record.dataset, "strings")] === record.strings);
}

/** What searches filter by. `above` holds the concepts of a string and all that are above them in the hierarchies. */
export const FILTER_FIELDS = {
  sab: "keywords",
  lat: "keywords",
  tty: "keywords",
  sty: "keywords",
  cui: "keywords",
  above: "keywords",
} as const;

export function stringsSpec(name: string): CollectionSpec {
  const found = { norm: "text", keys: "keywords", code: "keywords", prominence: "integer" } as const;
  return { name, fields: { ...found, ...FILTER_FIELDS } };
}

export function conceptsSpec(name: string): CollectionSpec {
  return { name, fields: {} };
}

export function definitionsSpec(name: string): CollectionSpec {
  return { name, fields: {} };
}

export function definitionVectorsSpec(name: string, dimension: number): CollectionSpec {
  return { name, dimension, fields: { bucket: "integer" } };
}

export function vectorsSpec(name: string, dimension: number): CollectionSpec {
  return { name, dimension, fields: { bucket: "integer", ...FILTER_FIELDS } };
}
