import type { Atom } from "./atom.ts";

/** What the tables of a release say, one row at a time. Every reader yields these, whatever the format. */
export type ReleaseRow =
  | { kind: "rank"; rank: number; sab: string; tty: string } // MRRANK; higher is preferred
  /** MRCONSO; `context` is the text in which an annotated mention stands. */
  | { kind: "atom"; atom: Atom; context?: string }
  | { kind: "semantic-type"; cui: string; tui: string; name: string } // MRSTY
  /** MRDEF, not suppressed; `added`: a gloss that the user brings, with the licence that it stands under. */
  | { kind: "definition"; cui: string; sab: string; text: string; added?: true; licence?: string }
  /** MRREL, not suppressed: CUI2 has relation `rel` to CUI1 as UMLS reads it (PAR: CUI2 is a parent of CUI1). */
  | { kind: "relation"; cui: string; rel: string; rela: string; cui2: string; sab: string }
  /** MRHIER: the atom's place in its source; `path` holds AUIs from the root to the parent. */
  | { kind: "hierarchy"; cui: string; aui: string; sab: string; parentAui: string; path: string[] }
  /**
   * An identifier that is no longer used, and the concept that it leads to now: `alt_id` and `replaced_by` of ontologies,
   * REL of MRCUI (SY the same, RB, RN, RO wider, narrower, otherwise related).
   */
  | { kind: "alias"; cui: string; id: string; why: string; sab: string };

/** A row that could not be read. It is kept in the rejects file, never dropped in silence. */
export interface Reject {
  /** File as the user knows it: a path, or `archive.zip:2026AA/META/MRCONSO.RRF`. */
  file: string;
  /** 1-based line in that file. */
  line: number;
  reason: string;
  /** The row as read, cut at 2,000 characters. */
  text: string;
}

/** Files of a release, for progress: `bytes` is the uncompressed size where the archive says it, else the stored size. */
export interface SourceFile {
  name: string;
  bytes: number;
}

export interface ReadOptions {
  onReject: (reject: Reject) => void;
  /** Told once of what is read otherwise than one may expect, or not at all: columns, encodings, imports. One line. */
  onNotice?: ((message: string) => void) | undefined;
  /** Called with the bytes (as counted in `SourceFile.bytes`) read since the last call. */
  onBytes?: (bytes: number) => void;
  signal?: AbortSignal | undefined;
}

/** A release opened for reading. Ranks come before all other rows, atoms before what is joined to them. */
export interface ReleaseSource extends AsyncDisposable {
  readonly format:
    | "rrf"
    | "obo"
    | "obograph"
    | "table"
    | "rdf"
    | "rf2"
    | "omop"
    | "rxnorm"
    | "loinc"
    | "claml"
    | "fhir";
  readonly files: readonly SourceFile[];
  /** SHA-256 (hex) over names and contents of the files as stored; the same input gives the same value. */
  fingerprint(signal?: AbortSignal): Promise<string>;
  /** Streams rows in arrays of a few thousand, with backpressure. */
  rows(options: ReadOptions): AsyncGenerator<ReleaseRow[], void, undefined>;
}
