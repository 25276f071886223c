import type { Atom } from "../../../src/terminology/atom.ts";
import { openRelease } from "../../../src/terminology/open-release.ts";
import type { Reject, ReleaseRow, ReleaseSource } from "../../../src/terminology/release-source.ts";
import type { ArchiveOptions } from "../../../src/terminology/rrf/umls-archive.ts";
import { TermduetError } from "../../../src/terminology/termduet-error.ts";

export interface Reading {
  rows: ReleaseRow[];
  rejects: Reject[];
  /** Sum of what `onBytes` was told. */
  bytes: number;
}

export async function readAll(source: ReleaseSource): Promise<Reading> {
  const reading: Reading = { rows: [], rejects: [], bytes: 0 };
  const options = {
    onReject: (reject: Reject) => reading.rejects.push(reject),
    onBytes: (bytes: number) => {
      reading.bytes += bytes;
    },
  };
  for await (const rows of source.rows(options)) reading.rows.push(...rows);
  return reading;
}

/** Opens, reads and disposes. */
export async function readPath(path: string, options?: ArchiveOptions): Promise<Reading> {
  await using source = await openRelease(path, options);
  return await readAll(source);
}

export function atomsIn({ rows }: Reading): Atom[] {
  return rows.flatMap((row) => (row.kind === "atom" ? [row.atom] : []));
}

/** The error of reading a path to its end; fails when it is not one that users may meet: one clear line. */
export async function errorOf(path: string, options?: ArchiveOptions): Promise<TermduetError> {
  try {
    await readPath(path, options);
  } catch (error) {
    if (!(error instanceof TermduetError)) throw error;
    if (error.message.includes("\n")) throw new Error(`more than one line: ${error.message}`);
    return error;
  }
  throw new Error(`${path} was read without an error`);
}
