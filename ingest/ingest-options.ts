import type { AtomFilterOptions } from "../src/terminology/atom-filter.ts";
import type { OnProgress } from "../src/terminology/progress.ts";
import type { VectorStore } from "../src/vector-store/vector-store.ts";
import type { AddedCounts, Additions } from "./read/added-rows.ts";
import type { ReadCounts } from "./read/read-release.ts";
import type { JournalMode } from "./work/journal.ts";
import type { Shard } from "./work/shard.ts";
import type { EncodingOptions } from "./write/encoder-targets.ts";

export interface IngestOptions extends EncodingOptions {
  /** META directory, RRF file, zip, OBO, OBO-graph JSON or table. */
  source: string;
  dataset: string;
  release: string;
  store: VectorStore;
  /** `sty`: only concepts with one of these semantic types (TUI). */
  filters: AtomFilterOptions & { sty?: readonly string[] };
  /** Glosses and annotated mentions that the user adds to the release. */
  additions?: Additions | undefined;
  maxRejectShare: number;
  /** Atoms that are encoded and written together; what a kill loses at most. */
  atomsPerBlock: number;
  /** Concepts below another beyond which that one is broad: see `Hierarchy`. */
  broadFrom?: number;
  /** The part of the release that is this process's, where several share the work; all of it when left out. */
  shard?: Shard | undefined;
  /** What to do with what an earlier run left: see `Journal`. */
  mode: JournalMode;
  dryRun: boolean;
  /** Folder for spilled rows and the journal; some twice the size of the unpacked MRCONSO. */
  workFolder: string;
  /** Folder for files of malformed rows. */
  rejectsFolder: string;
  onProgress?: OnProgress | undefined;
  signal?: AbortSignal | undefined;
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
