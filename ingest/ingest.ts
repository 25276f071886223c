import { createHash } from "node:crypto";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { type EncoderFolder, verifyEncoderFolder } from "../src/encoder/encoder-manifest.ts";
import type { Atom } from "../src/terminology/atom.ts";
import { type AtomFilterOptions, atomFilter } from "../src/terminology/atom-filter.ts";
import { openRelease } from "../src/terminology/open-release.ts";
import type { OnProgress } from "../src/terminology/progress.ts";
import { TermduetError } from "../src/terminology/termduet-error.ts";
import {
  checkReleaseName,
  collectionName,
  type ReleaseRecord,
  releaseRecords,
} from "../src/vector-store/release-record.ts";
import type { VectorStore } from "../src/vector-store/vector-store.ts";
import { indexAndVerify, switchTo } from "./finish/finish-release.ts";
import { someOf } from "./finish/verify-release.ts";
import { buildConcepts, type ConceptCounts, stringParts } from "./join/build-concepts.ts";
import { BROAD, Hierarchy } from "./join/hierarchy.ts";
import { type AddedCounts, AddedRows, type Additions, MENTIONS } from "./read/added-rows.ts";
import { type AtomCounts, type ReadCounts, type ReadResult, readRelease } from "./read/read-release.ts";
import { Journal, type JournalMode } from "./work/journal.ts";
import { donePart, joinPlan, putPart } from "./work/part-records.ts";
import { Shard } from "./work/shard.ts";
import { beginCollections, beginnings } from "./write/begin-collections.ts";
import { buildDefinitions } from "./write/build-definitions.ts";
import { buildStrings } from "./write/build-strings.ts";
import {
  definitionsRecord,
  definitionTargets,
  type EncodingOptions,
  startEncoders,
} from "./write/encoder-targets.ts";

export interface IngestOptions extends EncodingOptions {
  /** META directory, RRF file, zip, OBO, OBO-graph JSON or table. */
  source: string;
  dataset: string;
  release: string;
  store: VectorStore;
  /** `sty`: concepts with one of these semantic types (TUI) alone. */
  filters: AtomFilterOptions & { sty?: readonly string[] };
  /** Glosses and annotated mentions that the user adds to the release. */
  additions?: Additions;
  maxRejectShare: number;
  /** Atoms that are encoded and written together; what a kill loses at most. */
  atomsPerBlock: number;
  /** Concepts below another beyond which that one is broad: see `Hierarchy`. */
  broadFrom?: number;
  /** The part of the release that is this process's, where several share the work; all of it when left out. */
  share?: Shard;
  /** What to do with what an earlier run left: see `Journal`. */
  mode: JournalMode;
  dryRun: boolean;
  /** Folder for spilled rows and the journal; some twice the size of the unpacked MRCONSO. */
  workFolder: string;
  /** Folder for files of malformed rows. */
  rejectsFolder: string;
  onProgress?: OnProgress;
  signal?: AbortSignal;
}

export interface IngestSummary {
  /** `part`: this process's part is in the store, and waits for the others and for `finishParts`. */
  status: "ingested" | "part" | "unchanged" | "dry-run";
  dataset: string;
  release: string;
  counts: ReadCounts & { strings?: number; concepts?: number };
  rejectsFile: string | undefined;
  encoders: { id: string; encoded: number; copied: number; recallAt10?: number }[];
  /** What the user's glosses and mentions have found. */
  added?: AddedCounts;
}

/**
 * Ingests a release beside the active one, verifies it and makes it the active one in one step. Whatever goes wrong
 * before that step leaves the active release untouched; after a kill, `mode: "resume"` goes on.
 */
export async function ingest(options: IngestOptions): Promise<IngestSummary> {
  const { store, filters, share = new Shard() } = options;
  if (!share.isWhole && !store.parallel) {
    throw new TermduetError(
      "usage",
      `--part needs a store that several processes may write to, and ${store.url} is none; use qdrant+http://HOST:6333`,
    );
  }
  const dataset = checkReleaseName("--dataset", options.dataset);
  const release = checkReleaseName("--release", options.release);
  const passes = atomFilter(filters);
  const added = new AddedRows(options.additions ?? { glosses: [], mentions: [] }, passes);
  const keep = (atom: Atom): boolean => atom.sab === MENTIONS || passes(atom);
  const rejectsPath = join(options.rejectsFolder, `${dataset}_${release}.tsv`);
  mkdirSync(dirname(rejectsPath), { recursive: true });
  await using opened = await openRelease(options.source);
  const source = added.to(opened);
  const reading = {
    source,
    keep,
    rejectsPath,
    maxRejectShare: options.maxRejectShare,
    ...(options.onProgress ? { onProgress: options.onProgress } : {}),
    ...(options.signal ? { signal: options.signal } : {}),
  };
  const summaryOf = (
    counts: IngestSummary["counts"],
    rest: Pick<IngestSummary, "status" | "encoders">,
  ): IngestSummary => {
    return { dataset, release, counts, rejectsFile: counts.rejects > 0 ? rejectsPath : undefined, ...rest };
  };
  if (options.dryRun) {
    const { counts } = await readRelease(reading);
    return summaryOf(counts, { status: "dry-run", encoders: [] });
  }
  if (options.encoders.length === 0)
    throw new TermduetError("usage", "no encoder to ingest with; name one by --encoder");
  for (const encoder of options.encoders) await verifyEncoderFolder(encoder);
  const fingerprint = fingerprintOf(await source.fingerprint(options.signal), filters);
  const records = await releaseRecords(store);
  const generations = records.filter((r) => r.dataset === dataset && r.release === release);
  const before = generations.at(-1);
  const folder = join(options.workFolder, workName(dataset, release, share));
  if (before && isSame(before, fingerprint, options.encoders)) {
    // A run that was killed between its last steps has left its folder.
    if (existsSync(folder)) await switchTo(store, before, generations, folder);
    return unchanged(before, summaryOf);
  }

  const generation = (before?.generation ?? 0) + 1;
  const encoders = options.encoders.map(({ manifest, hash }) => ({ id: manifest.id, hash }));
  const plan = { dataset, release, generation, fingerprint, encoders, store: store.url };
  const shared = { dataset, release, generation, fingerprint, encoders, of: share.of };
  if (!share.isWhole && options.mode !== "restart") {
    const done = await donePart(store, shared, share.part);
    if (done)
      return summaryOf(
        { ...done.record.counts, rows: 0, skipped: 0 },
        { status: "part", encoders: done.record.encoders },
      );
  }
  using journal = new Journal(folder, plan, options.mode);
  const name = (content: string): string => collectionName(dataset, release, generation, content);
  const reporting = {
    ...(options.onProgress ? { onProgress: options.onProgress } : {}),
    ...(options.signal ? { signal: options.signal } : {}),
  };

  const read = await stage<ReadResult>(journal, "read", async () => {
    try {
      const result = await readRelease({
        ...reading,
        folders: { concepts: join(folder, "concepts"), hierarchy: join(folder, "hierarchy") },
      });
      return added.isNothing ? result : { ...result, added: added.counts };
    } catch (error) {
      journal.discard(); // nothing is done yet that a resumed run could build on
      throw error;
    }
  });
  const blocks = stringParts(read.counts.atoms, options.atomsPerBlock);
  const describes = options.encoders.some(({ manifest }) => manifest.definitions);
  if (!share.isWhole) await joinPlan(store, { ...shared, blocks }, options.mode === "restart");
  // A broad concept's record says what is below it: where records are left out, none may be broad. Nor need one be for a store
  // that writes everything anew each time.
  const mayBeBroad = store.copies !== undefined && !filters.sty?.length;
  const broadFrom = options.broadFrom ?? (mayBeBroad ? BROAD : Number.POSITIVE_INFINITY);
  const hierarchy = await Hierarchy.read(join(folder, "hierarchy"), broadFrom);
  const ofDataset = records.filter((r) => r.dataset === dataset);
  const wanted = beginnings(options.encoders, ofDataset, name);
  const joining = stage<ConceptCounts>(journal, "concepts", () =>
    buildConcepts({
      read,
      conceptFolder: join(folder, "concepts"),
      stringFolder: join(folder, "strings"),
      hierarchy,
      stringParts: blocks,
      ...(describes ? { definitionFolder: join(folder, "definitions") } : {}),
      store,
      collection: name("concepts"),
      sty: filters.sty ?? [],
      share,
      ...reporting,
    }),
  );
  // A store copies collections without us: it does so while the concepts are joined.
  const copying = beginCollections({ store, journal, share }, wanted);
  await Promise.allSettled([joining, copying]);
  const { concepts, bySty, standing, leftOut } = await joining;
  const filling = {
    store,
    journal,
    share,
    copied: await copying,
    earlier: new Map(wanted.map(({ spec, earlier }) => [spec.name, earlier])),
  };
  rmSync(join(folder, "concepts"), { recursive: true, force: true });
  await using stack = new AsyncDisposableStack();
  const targets = await startEncoders(options, name, stack);
  const strings = await buildStrings({
    ...filling,
    targets,
    folder: join(folder, "strings"),
    hierarchy,
    parts: blocks,
    estimatedStrings: read.counts.atoms,
    stringsCollection: name("strings"),
    ...reporting,
  });
  const describing = definitionTargets(targets, name);
  const definitions = describes
    ? await buildDefinitions({
        ...filling,
        targets: describing,
        folder: join(folder, "definitions"),
        parts: blocks,
        collection: name("definitions"),
        ...reporting,
      })
    : undefined;
  const kept = without(read.counts, leftOut);
  const record: ReleaseRecord = {
    dataset,
    release,
    generation,
    fingerprint,
    source: options.source,
    filters: {
      sab: [...(filters.sab ?? [])],
      lat: [...(filters.lat ?? [])],
      sty: [...(filters.sty ?? [])],
      includeSuppressed: filters.includeSuppressed ?? false,
    },
    ingestedAt: new Date().toISOString(),
    counts: { ...kept, rejects: read.counts.rejects, bySty, strings: strings.count, concepts },
    standing,
    ...(read.added ? { added: read.added } : {}),
    encoders: targets.map(({ pool, collection }, i) => {
      const { manifest, hash } = pool.folder;
      const { dimension, id } = manifest;
      return { id, hash, dimension, collection, ...strings.encoders[i]! };
    }),
    strings: name("strings"),
    concepts: name("concepts"),
    ...(definitions
      ? { definitions: definitionsRecord(name("definitions"), definitions.count, describing) }
      : {}),
  };
  const skipped = read.counts.skipped + leftOut.atoms;
  const counts = { ...read.counts, ...kept, skipped, strings: strings.count, concepts };
  if (!share.isWhole) {
    const { bySab, sample } = strings;
    await putPart(store, {
      part: share.part,
      record,
      bySab,
      sample: someOf(sample, share.of),
      ...(definitions ? { definitions: someOf(definitions.sample, share.of) } : {}),
    });
    rmSync(folder, { recursive: true, force: true });
    return summaryOf(counts, { status: "part", encoders: record.encoders });
  }
  const recalls = await indexAndVerify({
    store,
    record,
    targets,
    stringsBySab: strings.bySab,
    sample: strings.sample,
    ...(definitions ? { definitions: { targets: describing, sample: definitions.sample } } : {}),
    journal,
    ...reporting,
  });
  await switchTo(store, record, generations, folder);
  const done = record.encoders.map((encoder, i) => ({ ...encoder, recallAt10: recalls[i]! }));
  const summary = summaryOf(counts, { status: "ingested", encoders: done });
  return read.added ? { ...summary, added: read.added } : summary;
}

async function stage<T>(journal: Journal, name: string, work: () => Promise<T>): Promise<T> {
  const done = journal.stage<T>(name);
  if (done !== undefined) return done;
  const result = await work();
  journal.stageDone(name, result);
  return result;
}

function workName(dataset: string, release: string, { isWhole, part, of }: Shard): string {
  return `${dataset}_${release}${isWhole ? "" : `.part-${part}-of-${of}`}`;
}

function fingerprintOf(source: string, filters: IngestOptions["filters"]): string {
  const lists = [filters.sab, filters.lat, filters.tty].map((list) => [...(list ?? [])].sort());
  const sty = filters.sty?.length ? [filters.sty.toSorted()] : [];
  return createHash("sha256")
    .update(JSON.stringify([source, ...lists, filters.includeSuppressed ?? false, ...sty]))
    .digest("hex");
}

function isSame(record: ReleaseRecord, fingerprint: string, encoders: readonly EncoderFolder[]): boolean {
  const wanted = encoders.map((e) => `${e.manifest.id} ${e.hash}`).sort();
  const present = record.encoders.map((e) => `${e.id} ${e.hash}`).sort();
  if (record.fingerprint !== fingerprint || wanted.join() !== present.join()) return false;
  return encoders.every((encoder) => hasAllFor(record, encoder));
}

/** An earlier version, or an earlier `encoder.json`, may have left out what the encoder makes use of now besides its vectors. */
function hasAllFor({ standing, definitions }: ReleaseRecord, { manifest }: EncoderFolder): boolean {
  const isDefined = definitions?.vectors.some(({ encoder }) => encoder === manifest.id) ?? false;
  return (!manifest.standing || standing !== undefined) && (!manifest.definitions || isDefined);
}

function unchanged(
  record: ReleaseRecord,
  summaryOf: (
    counts: IngestSummary["counts"],
    rest: Pick<IngestSummary, "status" | "encoders">,
  ) => IngestSummary,
): IngestSummary {
  const counts = { ...record.counts, rows: 0, skipped: 0 };
  const encoders = record.encoders.map(({ id }) => ({ id, encoded: 0, copied: record.counts.strings }));
  return summaryOf(counts, { status: "unchanged", encoders });
}

/** What is left of counts when others are taken away; sources and languages with nothing left are gone. */
function without(from: AtomCounts, taken: AtomCounts): AtomCounts {
  const rest = (all: Record<string, number>, less: Record<string, number>): Record<string, number> =>
    Object.fromEntries(
      Object.entries(all).flatMap(([key, n]) => (n > (less[key] ?? 0) ? [[key, n - (less[key] ?? 0)]] : [])),
    );
  return {
    atoms: from.atoms - taken.atoms,
    bySab: rest(from.bySab, taken.bySab),
    byLat: rest(from.byLat, taken.byLat),
  };
}
