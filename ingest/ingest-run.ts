import { mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Atom } from "../src/terminology/atom.ts";
import { atomFilter } from "../src/terminology/atom-filter.ts";
import { openRelease } from "../src/terminology/open-release.ts";
import type { ReleaseSource } from "../src/terminology/release-source.ts";
import { TermduetError } from "../src/terminology/termduet-error.ts";
import { checkReleaseName, collectionName } from "../src/vector-store/release-record.ts";
import { describeRelease } from "./finish/describe-release.ts";
import { indexAndVerify, switchTo } from "./finish/finish-release.ts";
import type { IngestOptions, IngestSummary } from "./ingest-options.ts";
import { buildConcepts, type ConceptCounts, stringParts } from "./join/build-concepts.ts";
import { BROAD, Hierarchy } from "./join/hierarchy.ts";
import { type Plan, planIngest } from "./plan-ingest.ts";
import { AddedRows, MENTIONS } from "./read/added-rows.ts";
import { subtractCounts } from "./read/atom-counts.ts";
import { type ReadReleaseOptions, type ReadResult, readRelease } from "./read/read-release.ts";
import { useGeneration } from "./work/generations.ts";
import { joinPlan, type PartsPlan, putPart } from "./work/part-records.ts";
import { someOf } from "./work/sample.ts";
import { Shard } from "./work/shard.ts";
import { beginCollections, beginnings } from "./write/begin-collections.ts";
import { buildDefinitions, type DefinitionsResult } from "./write/build-definitions.ts";
import { buildStrings, type StringsResult } from "./write/build-strings.ts";
import { definitionTargets, type EncoderTarget, startEncoders } from "./write/encoder-targets.ts";
import type { FillOptions } from "./write/fill-collection.ts";

interface Joined {
  concepts: ConceptCounts;
  hierarchy: Hierarchy;
  /** Blocks into which strings and definitions are divided. */
  parts: number;
  filling: FillOptions;
}

interface Written {
  targets: readonly EncoderTarget[];
  strings: StringsResult;
  definitions: DefinitionsResult | undefined;
}

/** One ingest of one release: the steps of `ingest()`, and what they share. Disposed of, it ends its encoders. */
export class IngestRun implements AsyncDisposable {
  readonly #options: IngestOptions;
  readonly #source: ReleaseSource;
  readonly #added: AddedRows;
  readonly #dataset: string;
  readonly #release: string;
  readonly #shard: Shard;
  readonly #folder: string;
  readonly #stack: AsyncDisposableStack;
  #plan: Plan | undefined;

  private constructor(
    options: IngestOptions,
    source: ReleaseSource,
    added: AddedRows,
    stack: AsyncDisposableStack,
  ) {
    this.#options = options;
    this.#source = source;
    this.#added = added;
    this.#stack = stack;
    this.#shard = options.shard ?? new Shard();
    this.#dataset = options.dataset;
    this.#release = options.release;
    const { isWhole, part, of } = this.#shard;
    const name = `${this.#dataset}_${this.#release}${isWhole ? "" : `.part-${part}-of-${of}`}`;
    this.#folder = join(options.workFolder, name);
  }

  static async open(options: IngestOptions): Promise<IngestRun> {
    const dataset = checkReleaseName("--dataset", options.dataset);
    const release = checkReleaseName("--release", options.release);
    await using stack = new AsyncDisposableStack();
    const added = new AddedRows(options.additions, atomFilter(options.filters));
    const source = added.to(stack.use(await openRelease(options.source, { encoding: options.encoding })));
    const run = new IngestRun({ ...options, dataset, release }, source, added, stack.move());
    mkdirSync(dirname(run.#rejectsPath), { recursive: true });
    return run;
  }

  /** Reads the source and counts; writes nothing but the file of rejects. */
  async countRows(): Promise<IngestSummary> {
    const { counts } = await readRelease(this.#reading());
    return this.#summary("dry-run", counts, []);
  }

  /** Decides what there is to do. Gives the summary where that is nothing: the store has it all already. */
  async plan(): Promise<IngestSummary | undefined> {
    const planned = await planIngest({
      options: this.#options,
      source: this.#source,
      shard: this.#shard,
      folder: this.#folder,
      stack: this.#stack,
    });
    if ("done" in planned) {
      const { status, counts, encoders } = planned.done;
      return this.#summary(status, counts, encoders);
    }
    this.#plan = planned.plan;
    return undefined;
  }

  /** Streams the source once and divides its rows by concept. */
  read(): Promise<ReadResult> {
    const { journal } = this.#planned;
    return journal.once<ReadResult>("read", async () => {
      try {
        const folders = { concepts: this.#path("concepts"), hierarchy: this.#path("hierarchy") };
        const result = await readRelease({ ...this.#reading(), folders });
        return this.#added.isNothing ? result : { ...result, added: this.#added.counts };
      } catch (error) {
        journal.discard(); // nothing is done yet that a resumed run could build on
        throw error;
      }
    });
  }

  /** Makes concepts of the rows and divides their atoms by string, while the collections to fill are begun. */
  async join(read: ReadResult): Promise<Joined> {
    const { store, encoders, filters, mode, onProgress, signal } = this.#options;
    const { journal, ofDataset, generation, shared } = this.#planned;
    const shard = this.#shard;
    const mends = mode === "restart";
    const parts = stringParts(read.counts.atoms, this.#options.atomsPerBlock);
    if (!shard.isWhole) {
      const plan: PartsPlan = { ...shared, blocks: parts };
      await joinPlan(store, plan, mode === "restart");
      await useGeneration(store, plan, generation);
    }
    const hierarchy = await Hierarchy.read(this.#path("hierarchy"), this.#broadFrom);
    const wanted = beginnings(encoders, ofDataset, (content) => this.#collection(content));
    const joining = journal.once<ConceptCounts>("concepts", () =>
      buildConcepts({
        read,
        conceptFolder: this.#path("concepts"),
        stringFolder: this.#path("strings"),
        definitionFolder: this.#describes ? this.#path("definitions") : undefined,
        hierarchy,
        stringParts: parts,
        store,
        collection: this.#collection("concepts"),
        sty: filters.sty ?? [],
        shard,
        onProgress,
        signal,
      }),
    );
    // A store copies collections without us: it does so while the concepts are joined.
    const copying = beginCollections({ store, journal, shard, mends }, wanted);
    await Promise.allSettled([joining, copying]);
    const concepts = await joining;
    const earlier = new Map(wanted.map((begun) => [begun.spec.name, begun.earlier]));
    const filling = { store, journal, shard, copied: await copying, earlier, mends };
    rmSync(this.#path("concepts"), { recursive: true, force: true });
    return { concepts, hierarchy, parts, filling };
  }

  /** Encodes strings and definitions, block by block, and fills the collections. */
  async write(read: ReadResult, { hierarchy, parts, filling }: Joined): Promise<Written> {
    const { onProgress, signal } = this.#options;
    const name = (content: string): string => this.#collection(content);
    const targets = await startEncoders(this.#options, read.counts.atoms, name, this.#stack);
    const strings = await buildStrings({
      ...filling,
      targets,
      folder: this.#path("strings"),
      hierarchy,
      parts,
      estimatedStrings: read.counts.atoms,
      stringsCollection: name("strings"),
      onProgress,
      signal,
    });
    if (!this.#describes) return { targets, strings, definitions: undefined };
    const definitions = await buildDefinitions({
      ...filling,
      targets: definitionTargets(targets, name),
      folder: this.#path("definitions"),
      parts,
      collection: name("definitions"),
      onProgress,
      signal,
    });
    return { targets, strings, definitions };
  }

  /** Builds the indexes, verifies all that was written, and makes the release the active one; or leaves that to `finishParts`. */
  async finish(read: ReadResult, { concepts }: Joined, written: Written): Promise<IngestSummary> {
    const { store, onProgress, signal } = this.#options;
    const { strings, definitions, targets } = written;
    const kept = subtractCounts(read.counts, concepts.leftOut);
    const { generation, fingerprint, generations, journal } = this.#planned;
    const record = describeRelease({
      options: this.#options,
      generation,
      fingerprint,
      name: (content) => this.#collection(content),
      kept,
      rejects: read.counts.rejects,
      added: read.added,
      concepts,
      ...written,
    });
    const counts = {
      ...read.counts,
      ...kept,
      skipped: read.counts.skipped + concepts.leftOut.atoms,
      strings: strings.count,
      concepts: concepts.concepts,
    };
    const { isWhole, part, of } = this.#shard;
    if (!isWhole) {
      const sample = someOf(strings.sample, of);
      const defined = definitions && someOf(definitions.sample, of);
      await putPart(store, { part, record, bySab: strings.bySab, sample, definitions: defined });
      rmSync(this.#folder, { recursive: true, force: true });
      return this.#summary("part", counts, record.encoders);
    }
    const describing = definitionTargets(targets, (content) => this.#collection(content));
    const recalls = await indexAndVerify({
      store,
      record,
      targets,
      stringsBySab: strings.bySab,
      sample: strings.sample,
      definitions: definitions && { targets: describing, sample: definitions.sample },
      journal,
      onProgress,
      signal,
    });
    await switchTo(store, record, generations, this.#folder);
    const done = record.encoders.map((encoder, i) => ({ ...encoder, recallAt10: recalls[i]! }));
    const summary = this.#summary("ingested", counts, done);
    return read.added ? { ...summary, added: read.added } : summary;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }

  get #planned(): Plan {
    if (!this.#plan) throw new TermduetError("internal", "an ingest is planned before it reads");
    return this.#plan;
  }

  get #rejectsPath(): string {
    return join(this.#options.rejectsFolder, `${this.#dataset}_${this.#release}.tsv`);
  }

  /** Whether an encoder makes use of definitions. */
  get #describes(): boolean {
    return this.#options.encoders.some(({ manifest }) => manifest.definitions);
  }

  /**
   * A broad concept's record says what is below it: where records are left out, none may be broad. Nor need one be for a
   * store that writes everything anew each time.
   */
  get #broadFrom(): number {
    const { broadFrom, store, filters } = this.#options;
    const mayBeBroad = store.copies !== undefined && !filters.sty?.length;
    return broadFrom ?? (mayBeBroad ? BROAD : Number.POSITIVE_INFINITY);
  }

  #reading(): ReadReleaseOptions {
    const { filters, maxRejectShare, onProgress, onNotice, signal } = this.#options;
    const passes = atomFilter(filters);
    const keep = (atom: Atom): boolean => atom.sab === MENTIONS || passes(atom);
    return {
      source: this.#source,
      keep,
      rejectsPath: this.#rejectsPath,
      maxRejectShare,
      onProgress,
      onNotice,
      signal,
    };
  }

  #summary(
    status: IngestSummary["status"],
    counts: IngestSummary["counts"],
    encoders: IngestSummary["encoders"],
  ): IngestSummary {
    const rejectsFile = counts.rejects > 0 ? this.#rejectsPath : undefined;
    return { status, dataset: this.#dataset, release: this.#release, counts, rejectsFile, encoders };
  }

  #path(name: string): string {
    return join(this.#folder, name);
  }

  #collection(content: string): string {
    return collectionName(this.#dataset, this.#release, this.#planned.generation, content);
  }
}
