/** SUPPRESS of MRCONSO: N not suppressed; O obsolete, E suppressed by an editor, Y suppressed by its term type. */
export type Suppress = "N" | "O" | "E" | "Y";

/** One row of MRCONSO.RRF, or what another format says of one name. Field names follow the RRF columns. */
export interface Atom {
  /** Concept: `C` and seven digits in UMLS; any identifier elsewhere (an OBO id, a table's `id`). */
  cui: string;
  /** Three-letter language of UMLS: ENG, FRE, SPA … */
  lat: string;
  /** TS: P when the string belongs to the concept's preferred term in this language, S otherwise. */
  ts: string;
  /** STT: PF for the preferred form of the term; VC, VO, VW, VWS … for its variants. */
  stt: string;
  /** ISPREF: whether the atom is the preferred one of its string in its concept. */
  isPref: boolean;
  /** AUI: the atom's own identifier, unique in a release. */
  aui: string;
  /** SAB: abbreviation of the source vocabulary. */
  sab: string;
  /** TTY: term type in the source (PT preferred, SY synonym, AB abbreviation …). */
  tty: string;
  /** CODE: the concept's identifier in the source. */
  code: string;
  /** STR: the text, after Unicode NFC and trimming. */
  str: string;
  /** SRL: source restriction level, 0 where the source may be reused with attribution. */
  srl: number;
  suppress: Suppress;
}

/** MRSTY: a semantic type of a concept. */
export interface SemanticType {
  /** `T` and three digits. */
  tui: string;
  /** STY, e.g. `Disease or Syndrome`. */
  name: string;
}
