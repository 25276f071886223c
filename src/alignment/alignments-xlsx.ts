import { writeFileSync } from "node:fs";
import { latOf } from "../terminology/languages.ts";
import type { VectorStore } from "../vector-store/vector-store.ts";
import type { LexiconAlignment } from "./align-lexicon.ts";
import type { AlignedEntry } from "./aligned-entry.ts";
import { sourceName } from "./alignments-csv.ts";
import { type ConceptDetails, ConceptDetailsReader } from "./concept-details.ts";

/** Headers as people read them, by the language of most entries. */
const HEADERS = {
  en: {
    sheet: "Alignment",
    id: "Id",
    term: "Term",
    explanation: "Explanation",
    accepted: "Accepted",
    name: "Concept",
    cui: "Code",
    rating: "Rating (0–5)",
    probability: "Probability",
    string: "Matched name",
    definition: "Definition",
    types: "Semantic types",
    source: "Found by",
    candidate: "Candidate",
    yes: "yes",
    no: "no",
  },
  fr: {
    sheet: "Alignement",
    id: "Identifiant",
    term: "Terme",
    explanation: "Explication",
    accepted: "Accepté",
    name: "Concept",
    cui: "Code",
    rating: "Note (0–5)",
    probability: "Probabilité",
    string: "Nom trouvé",
    definition: "Définition",
    types: "Types sémantiques",
    source: "Trouvé par",
    candidate: "Candidat",
    yes: "oui",
    no: "non",
  },
} as const;
type Header = (typeof HEADERS)["en" | "fr"];

const CANDIDATES = 4;
const ENTRIES_PER_LOOKUP = 200;
/** What a cell of Excel holds. */
const MAX_CELL = 32_767;
const WIDTHS = [12, 32, 40, 10, 36, 12, 12, 12, 32, 60, 28, 16, ...Array<number>(CANDIDATES).fill(36)];

type Cell = {
  value: string | number;
  type: StringConstructor | NumberConstructor;
  format?: string;
  wrap?: boolean;
} | null;

/**
 * `alignments.xlsx`, the alignment for people: a row per entry with what it was aligned to and whether that is accepted, the
 * concept's name in the entry's language where the release has one, its first definition (a release does not say in which language
 * each is), and the next candidates; with a filter over a header that stays in sight. Cells are texts and numbers: nothing that somebody wrote becomes a formula.
 */
export async function writeAlignmentsXlsx(
  path: string,
  alignment: LexiconAlignment,
  store: VectorStore,
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<void> {
  const { entries, release } = alignment;
  const french = entries.filter(({ entry }) => entry.lang === "fr").length > entries.length / 2;
  const header: Header = french ? HEADERS.fr : HEADERS.en;
  const reader = new ConceptDetailsReader(store, release.concepts);
  const rows: Cell[][] = [headerRow(header)];
  for (let start = 0; start < entries.length; start += ENTRIES_PER_LOOKUP) {
    signal?.throwIfAborted();
    const part = entries.slice(start, start + ENTRIES_PER_LOOKUP);
    const details = await reader.records(
      part.flatMap(({ candidates }) => shown(candidates).map(({ cui }) => cui)),
    );
    for (const aligned of part) rows.push(entryRow(aligned, alignment, header, details));
  }
  const { default: writeXlsxFile } = await import("write-excel-file/node");
  const sheet = { sheet: header.sheet, stickyRowsCount: 1, columns: WIDTHS.map((width) => ({ width })) };
  writeFileSync(
    path,
    undated(await writeXlsxFile(rows as never, sheet, { features: [filterOver(rows)] }).toBuffer()),
  );
}

function headerRow(header: Header): Cell[] {
  const names = [
    header.id,
    header.term,
    header.explanation,
    header.accepted,
    header.name,
    header.cui,
    header.rating,
    header.probability,
    header.string,
    header.definition,
    header.types,
    header.source,
    ...Array.from({ length: CANDIDATES }, (_, i) => `${header.candidate} ${i + 2}`),
  ];
  return names.map((value) => ({
    value,
    type: String,
    fontWeight: "bold",
    backgroundColor: "#e8eef4",
    wrap: true,
  }));
}

/** The candidates that a row shows, the pair's own first. */
function shown<T>(candidates: readonly T[]): readonly T[] {
  return candidates.slice(0, CANDIDATES + 1);
}

function entryRow(
  aligned: AlignedEntry,
  { encoders }: LexiconAlignment,
  header: Header,
  details: ReadonlyMap<string, ConceptDetails["record"]>,
): Cell[] {
  const { entry, merged, candidates } = aligned;
  const lat = entry.lang === undefined ? undefined : latOf(entry.lang);
  const nameOf = ({ cui, name }: { cui: string; name: string }): string =>
    (lat === undefined ? undefined : details.get(cui)?.names[lat]) ?? name;
  const record = merged && details.get(merged.concept.cui);
  const others = shown(candidates).filter((candidate) => candidate !== merged?.concept);
  return [
    text(entry.id),
    text(entry.term),
    text(entry.explanation ?? "", true),
    merged ? text(merged.accepted ? header.yes : header.no) : null,
    merged ? text(nameOf(merged.concept)) : null,
    merged ? text(merged.concept.cui) : null,
    merged ? { value: merged.rating, type: Number } : null,
    merged?.concept.probability === undefined
      ? null
      : { value: Math.round(merged.concept.probability * 1000) / 1000, type: Number, format: "0.000" },
    merged ? text(merged.string) : null,
    text(record?.definitions[0]?.text ?? "", true),
    text(record?.semanticTypes.map(({ name }) => name).join(", ") ?? ""),
    text(sourceName(aligned, encoders) ?? ""),
    ...Array.from({ length: CANDIDATES }, (_, i): Cell => {
      const other = others[i];
      return other ? text(`${nameOf(other)} (${other.cui})`) : null;
    }),
  ];
}

/** What XML and a cell can hold of a text. */
function text(value: string, wrap = false): Cell {
  const clean = value
    .toWellFormed()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 knows no other control characters
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "")
    .slice(0, MAX_CELL);
  return clean === "" ? null : { value: clean, type: String, ...(wrap ? { wrap } : {}) };
}

/** A filter over all columns, which the library has no option for. */
function filterOver(rows: readonly (readonly unknown[])[]): object {
  const last = String.fromCharCode("A".charCodeAt(0) + rows[0]!.length - 1);
  const filter = `<autoFilter ref="A1:${last}${rows.length}"/>`;
  const transform = (xml: string): string => xml.replace("</sheetData>", `</sheetData>${filter}`);
  return { files: { transform: { "xl/worksheets/sheet{id}.xml": { transform } } } };
}

const END = 0x06054b50;
const ENTRY = 0x02014b50;
/** Midnight of 1 January 1980, the first moment that a zip can name. */
const FIRST_DAY = 0x00210000;

/** A zip whose entries say nothing of when it was made, so that the same alignment gives the same bytes. */
function undated(zip: Buffer): Buffer {
  let end = zip.length - 22;
  while (zip.readUInt32LE(end) !== END) end--;
  let at = zip.readUInt32LE(end + 16);
  while (zip.readUInt32LE(at) === ENTRY) {
    zip.writeUInt32LE(FIRST_DAY, at + 12);
    zip.writeUInt32LE(FIRST_DAY, zip.readUInt32LE(at + 42) + 10);
    at += 46 + zip.readUInt16LE(at + 28) + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return zip;
}
