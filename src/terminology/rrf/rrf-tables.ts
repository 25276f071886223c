import type { Suppress } from "../atom.ts";
import type { ReleaseRow } from "../release-source.ts";
import type { RrfLine } from "./rrf-line.ts";

/**
 * The tables that are read, in the order in which they are read: ranks, atoms, then what is joined to atoms. RxNorm's have
 * the layout of those of UMLS, with more columns left empty.
 */
export const RRF_TABLES = [
  "MRRANK",
  "MRCONSO",
  "RXNCONSO",
  "MRSTY",
  "RXNSTY",
  "MRDEF",
  "MRREL",
  "RXNREL",
  "MRHIER",
  "MRCUI",
  "RXNCUI",
] as const;
export type RrfTable = (typeof RRF_TABLES)[number];

/** Tables that say how the others are made: files with rows, bytes and columns; columns. */
export const CONTROL_TABLES = ["MRFILES", "MRCOLS"] as const;
export type ControlTable = (typeof CONTROL_TABLES)[number];

/** What a line says: a row; nothing, when the row is suppressed; or a string, the reason why it cannot be read. */
export type RowReader = (line: RrfLine) => ReleaseRow | undefined | string;

const UMLS_READERS: Record<Exclude<RrfTable, `RXN${string}`>, { columns: string; read: RowReader }> = {
  MRRANK: {
    columns: "RANK|SAB|TTY|SUPPRESS",
    read(line) {
      const rank = line.field(0);
      if (!isDigits(rank)) return `RANK is no number: "${rank}"`;
      return { kind: "rank", rank: Number(rank), sab: line.field(1), tty: line.field(2) };
    },
  },
  MRCONSO: {
    columns: "CUI|LAT|TS|LUI|STT|SUI|ISPREF|AUI|SAUI|SCUI|SDUI|SAB|TTY|CODE|STR|SRL|SUPPRESS|CVF",
    read: readAtom,
  },
  MRCUI: {
    columns: "CUI1|VER|REL|RELA|MAPREASON|CUI2|MAPIN",
    read(line) {
      const id = line.field(0);
      const cui = line.field(5);
      if (id === "") return "empty CUI1";
      // Deleted, or split among so many that none is named.
      if (cui === "" || line.field(2) === "DEL") return undefined;
      return { kind: "alias", cui, id, why: line.field(2), sab: "MTH" };
    },
  },
  MRSTY: {
    columns: "CUI|TUI|STN|STY|ATUI|CVF",
    read(line) {
      const cui = line.field(0);
      const tui = line.field(1);
      if (cui === "") return "empty CUI";
      if (tui === "") return "empty TUI";
      return { kind: "semantic-type", cui, tui, name: line.field(3) };
    },
  },
  MRDEF: {
    columns: "CUI|AUI|ATUI|SATUI|SAB|DEF|SUPPRESS|CVF",
    read(line) {
      const cui = line.field(0);
      const suppress = line.field(6);
      if (cui === "") return "empty CUI";
      if (!isSuppress(suppress)) return wrongSuppress(suppress);
      if (suppress !== "N") return undefined;
      const text = line.text(5);
      if (text === "") return "empty DEF";
      return { kind: "definition", cui, sab: line.field(4), text };
    },
  },
  MRREL: {
    columns: "CUI1|AUI1|STYPE1|REL|CUI2|AUI2|STYPE2|RELA|RUI|SRUI|SAB|SL|RG|DIR|SUPPRESS|CVF",
    read(line) {
      const cui = line.field(0);
      const cui2 = line.field(4);
      const suppress = line.field(14) || "N";
      if (cui === "") return "empty CUI1";
      if (cui2 === "") return "empty CUI2";
      if (!isSuppress(suppress)) return wrongSuppress(suppress);
      if (suppress !== "N") return undefined;
      return { kind: "relation", cui, rel: line.field(3), rela: line.field(7), cui2, sab: line.field(10) };
    },
  },
  MRHIER: {
    columns: "CUI|AUI|CXN|PAUI|SAB|RELA|PTR|HCD|CVF",
    read(line) {
      const cui = line.field(0);
      const aui = line.field(1);
      if (cui === "") return "empty CUI";
      if (aui === "") return "empty AUI";
      const pathToRoot = line.field(6);
      const path = pathToRoot === "" ? [] : pathToRoot.split(".");
      return { kind: "hierarchy", cui, aui, sab: line.field(4), parentAui: line.field(3), path };
    },
  },
};

const { MRCONSO, MRSTY, MRREL } = UMLS_READERS;

/**
 * The columns of each table in the order of the UMLS Reference Manual, by which readers know them, and how a line is read.
 * MRFILES may say that they stand in another order.
 */
export const RRF_READERS: Record<RrfTable, { columns: string; read: RowReader }> = {
  ...UMLS_READERS,
  // It leaves SRL empty: all that it holds may be used.
  RXNCONSO: { ...MRCONSO, read: (line) => readAtom(line, "0") },
  RXNSTY: MRSTY,
  RXNREL: {
    columns: MRREL.columns,
    read(line) {
      // What relates atoms alone names no concepts.
      if (line.field(0) === "" && line.field(4) === "" && line.field(1) !== "") return undefined;
      return MRREL.read(line);
    },
  },
  RXNCUI: {
    columns: "CUI1|VER_START|VER_END|CARDINALITY|CUI2",
    read(line) {
      const [id, cui] = [line.field(0), line.field(4)];
      if (id === "") return "empty CUI1";
      return cui === "" || cui === id ? undefined : { kind: "alias", cui, id, why: "SY", sab: "RXNORM" };
    },
  },
};

/** `noSrl`: what an empty SRL stands for; one of UMLS is never empty. */
function readAtom(line: RrfLine, noSrl = ""): ReleaseRow | string {
  const cui = line.field(0);
  const lat = line.field(1);
  const aui = line.field(7);
  const sab = line.field(11);
  const srl = line.field(15) || noSrl;
  const suppress = line.field(16) || "N";
  if (cui === "") return "empty CUI";
  if (lat === "") return "empty LAT";
  if (aui === "") return "empty AUI";
  if (sab === "") return "empty SAB";
  if (!isDigits(srl)) return `SRL is no number: "${srl}"`;
  if (!isSuppress(suppress)) return wrongSuppress(suppress);
  const str = line.text(14);
  if (str === "") return "empty STR";
  return {
    kind: "atom",
    atom: {
      cui,
      lat,
      ts: line.field(2),
      stt: line.field(4),
      isPref: line.field(6) === "Y",
      aui,
      sab,
      tty: line.field(12),
      code: line.ownField(13),
      str,
      srl: Number(srl),
      suppress,
    },
  };
}

function isDigits(value: string): boolean {
  return /^\d+$/.test(value);
}

function isSuppress(value: string): value is Suppress {
  return value === "N" || value === "O" || value === "E" || value === "Y";
}

function wrongSuppress(value: string): string {
  return `SUPPRESS is none of N, O, E, Y: "${value}"`;
}
