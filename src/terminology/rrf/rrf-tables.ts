import type { Suppress } from "../atom.ts";
import type { ReleaseRow } from "../release-source.ts";
import type { RrfLine } from "./rrf-line.ts";

/** The tables that are read, in the order in which they are read: ranks, atoms, then what is joined to atoms. */
export const RRF_TABLES = ["MRRANK", "MRCONSO", "MRSTY", "MRDEF", "MRREL", "MRHIER"] as const;
export type RrfTable = (typeof RRF_TABLES)[number];

/** What a line says: a row; nothing, when the row is suppressed; or a string, the reason why it cannot be read. */
export type RowReader = (line: RrfLine) => ReleaseRow | undefined | string;

/** How many columns a line of each table has, and how it is read. Column order is that of the UMLS Reference Manual. */
export const RRF_READERS: Record<RrfTable, { columns: number; read: RowReader }> = {
  /** RANK|SAB|TTY|SUPPRESS| */
  MRRANK: {
    columns: 4,
    read(line) {
      const rank = line.field(0);
      if (!isDigits(rank)) return `RANK is no number: "${rank}"`;
      return { kind: "rank", rank: Number(rank), sab: line.field(1), tty: line.field(2) };
    },
  },
  /** CUI|LAT|TS|LUI|STT|SUI|ISPREF|AUI|SAUI|SCUI|SDUI|SAB|TTY|CODE|STR|SRL|SUPPRESS|CVF| */
  MRCONSO: { columns: 18, read: readAtom },
  /** CUI|TUI|STN|STY|ATUI|CVF| */
  MRSTY: {
    columns: 6,
    read(line) {
      const cui = line.field(0);
      const tui = line.field(1);
      if (cui === "") return "empty CUI";
      if (tui === "") return "empty TUI";
      return { kind: "semantic-type", cui, tui, name: line.field(3) };
    },
  },
  /** CUI|AUI|ATUI|SATUI|SAB|DEF|SUPPRESS|CVF| */
  MRDEF: {
    columns: 8,
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
  /** CUI1|AUI1|STYPE1|REL|CUI2|AUI2|STYPE2|RELA|RUI|SRUI|SAB|SL|RG|DIR|SUPPRESS|CVF| */
  MRREL: {
    columns: 16,
    read(line) {
      const cui = line.field(0);
      const cui2 = line.field(4);
      const suppress = line.field(14);
      if (cui === "") return "empty CUI1";
      if (cui2 === "") return "empty CUI2";
      if (!isSuppress(suppress)) return wrongSuppress(suppress);
      if (suppress !== "N") return undefined;
      return { kind: "relation", cui, rel: line.field(3), rela: line.field(7), cui2, sab: line.field(10) };
    },
  },
  /** CUI|AUI|CXN|PAUI|SAB|RELA|PTR|HCD|CVF| */
  MRHIER: {
    columns: 9,
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

function readAtom(line: RrfLine): ReleaseRow | string {
  const cui = line.field(0);
  const lat = line.field(1);
  const aui = line.field(7);
  const sab = line.field(11);
  const srl = line.field(15);
  const suppress = line.field(16);
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
