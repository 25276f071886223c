import type { Atom } from "../../src/terminology/atom.ts";
import type { OnProgress } from "../../src/terminology/progress.ts";
import { RejectsFile, tooMany } from "../../src/terminology/rejects-file.ts";
import type { ReleaseSource } from "../../src/terminology/release-source.ts";
import { TermduetError } from "../../src/terminology/termduet-error.ts";
import { ParentsFile } from "../join/hierarchy.ts";
import { NameRanking } from "../work/name-ranking.ts";
import type { ConceptRow } from "../work/rows.ts";
import { partOf, SpillWriter } from "../work/spill.ts";
import type { AddedCounts } from "./added-rows.ts";
import { type AtomCounts, countAtom } from "./atom-counts.ts";
import { inverseRelation } from "./inverse-relation.ts";

export interface ReadCounts extends AtomCounts {
  rows: number;
  /** Atoms that the filters left out. */
  skipped: number;
  rejects: number;
}

export interface ReadResult {
  counts: ReadCounts;
  parts: number;
  ranks: [string, number][];
  /** Where a user adds something to the release. */
  added?: AddedCounts;
}

export interface ReadReleaseOptions {
  source: ReleaseSource;
  keep: (atom: Atom) => boolean;
  /** Folders for the concept parts and for the hierarchy; absent for a dry run, which only counts. */
  folders?: { concepts: string; hierarchy: string };
  rejectsPath: string;
  /** Share of malformed rows beyond which the release is not to be trusted. */
  maxRejectShare: number;
  onProgress?: OnProgress | undefined;
  signal?: AbortSignal | undefined;
}

const MEGABYTE = 1e6;
// A part is held in memory as objects, some six times its size on disk.
const PART_BYTES = 48 * MEGABYTE;
const MAX_PARTS = 512;
// Before so many rows a share says little; a wrong file is still noticed at its end.
const ROWS_BEFORE_JUDGING = 10_000;

/**
 * First stage: streams the release once and divides its rows by concept. Malformed rows are kept aside; too many stop
 * the run with nothing in the store.
 */
export async function readRelease(options: ReadReleaseOptions): Promise<ReadResult> {
  const { source, keep, folders, onProgress, signal } = options;
  const total = source.files.reduce((sum, file) => sum + file.bytes, 0);
  const parts = Math.min(MAX_PARTS, Math.max(1, Math.ceil(total / PART_BYTES)));
  const ranking = new NameRanking();
  const counts: ReadCounts = { rows: 0, atoms: 0, skipped: 0, rejects: 0, bySab: {}, byLat: {} };
  let bytes = 0;
  using rejects = new RejectsFile(options.rejectsPath);
  using spill = folders ? new SpillWriter(folders.concepts, parts) : undefined;
  using hierarchy = folders ? new ParentsFile(folders.hierarchy) : undefined;
  const write = (cui: string, row: ConceptRow): void => {
    spill?.write(partOf(cui, parts), row);
    if (row.kind === "atom") hierarchy?.addAtom(cui);
    else if (row.kind === "relation" && row.rel === "PAR") hierarchy?.add(cui, row.cui2);
  };
  const judge = (): void => {
    if (!tooMany(counts.rows + rejects.count, rejects.count, options.maxRejectShare)) return;
    const share = ((100 * rejects.count) / (counts.rows + rejects.count)).toPrecision(2);
    throw new TermduetError(
      "bad-input",
      `${rejects.count} of ${counts.rows + rejects.count} rows (${share} %) are malformed, more than ${100 * options.maxRejectShare} %: ` +
        `see ${rejects.path}; nothing was changed. Mend the source, or raise --max-reject-share`,
    );
  };
  const rows = source.rows({
    onReject: rejects.add,
    onBytes: (count) => {
      bytes += count;
    },
    ...(signal ? { signal } : {}),
  });
  for await (const batch of rows) {
    for (const row of batch) {
      counts.rows++;
      if (row.kind === "rank") ranking.add(row.sab, row.tty, row.rank);
      else if (row.kind !== "atom") {
        write(row.cui, row);
        const inverse = row.kind === "relation" ? inverseRelation(row) : undefined;
        if (inverse) write(inverse.cui, inverse);
      } else if (keep(row.atom)) {
        countAtom(counts, row.atom);
        write(row.atom.cui, row);
      } else counts.skipped++;
    }
    if (counts.rows > ROWS_BEFORE_JUDGING) judge();
    onProgress?.({
      stage: "read",
      done: Math.round(bytes / MEGABYTE),
      total: Math.round(total / MEGABYTE),
      unit: "MB",
    });
  }
  rejects.flush();
  judge();
  counts.rejects = rejects.count;
  if (counts.atoms === 0) throw new TermduetError("bad-input", nothingLeft(counts));
  return { counts, parts, ranks: ranking.entries };
}

function nothingLeft({ skipped }: ReadCounts): string {
  if (skipped === 0) return "the source holds no atoms; nothing was changed";
  return `the filters leave none of ${skipped} atoms; check --sab and --lat, or add --include-suppressed; nothing was changed`;
}
