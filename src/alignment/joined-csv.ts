import type { OnProgress } from "../terminology/progress.ts";
import type { VectorStore } from "../vector-store/vector-store.ts";
import type { LexiconAlignment } from "./align-lexicon.ts";
import type { AlignedEntry } from "./aligned-entry.ts";
import { sourceName } from "./alignments-csv.ts";
import { type ConceptDetails, ConceptDetailsReader } from "./concept-details.ts";
import { type Cell, type CsvDialect, CsvFile, listCell, safeText } from "./table-file.ts";

const COLUMNS = [
  "id",
  "term",
  "explanation",
  "cui",
  "name",
  "rating",
  "source",
  "semantic_type_tuis",
  "semantic_types",
  "names",
  "definitions",
  "parents",
  "children",
  "hierarchy",
  "hierarchy_count",
  "relations",
  "relation_count",
  "auis",
  "sabs",
  "ttys",
  "codes",
] as const;

const ENTRIES_PER_LOOKUP = 200;
// A spreadsheet's cell holds 32,767 characters; hubs have thousands of relations. The counts tell how many there are.
const MAX_LISTED = 100;
const MAX_PATHS = 10;
const MAX_CELL = 32_000;

export interface JoinOptions {
  onProgress?: OnProgress | undefined;
  signal?: AbortSignal | undefined;
  csvFor?: CsvDialect | undefined;
}

/**
 * `joined.csv`: the left join of the merged pairs with everything the release says of their concepts (paper §1): one
 * row per entry, an entry without a concept too, several values of a cell with ` | ` between them. Concepts are given
 * by name and CUI, after a relation what they are to this one, hierarchies as names from the root to the parent. The first 100 parents, children and other
 * relations are listed, and the first ten paths; `relation_count` and `hierarchy_count` count all. Atoms stand in four lists of one
 * length: `auis`, `sabs`, `ttys`, `codes`.
 */
export async function writeJoinedCsv(
  path: string,
  alignment: LexiconAlignment,
  store: VectorStore,
  { onProgress, signal, csvFor }: JoinOptions,
): Promise<void> {
  const { entries, encoders, release } = alignment;
  const reader = new ConceptDetailsReader(store, release.concepts);
  using file = new CsvFile(path, csvFor);
  file.row(COLUMNS);
  for (let start = 0; start < entries.length; start += ENTRIES_PER_LOOKUP) {
    signal?.throwIfAborted();
    const part = entries.slice(start, start + ENTRIES_PER_LOOKUP);
    const details = await reader.read(part.flatMap(({ merged }) => (merged ? [merged.concept.cui] : [])));
    for (const aligned of part) {
      const known = aligned.merged && details.get(aligned.merged.concept.cui);
      const cells = [...pairCells(aligned), sourceName(aligned, encoders), ...detailCells(known)];
      file.row(cells);
    }
    onProgress?.({ stage: "join", done: start + part.length, total: entries.length, unit: "entries" });
  }
  file.flush();
}

function pairCells({ entry, merged }: AlignedEntry): Cell[] {
  return [
    safeText(entry.id),
    safeText(entry.term),
    safeText(entry.explanation ?? ""),
    merged && safeText(merged.concept.cui),
    merged && safeText(merged.concept.name),
    merged?.rating,
  ];
}

function detailCells(details: ConceptDetails | undefined): Cell[] {
  if (!details) return COLUMNS.slice(7).map(() => undefined);
  const { record, related, paths } = details;
  const named = (cui: string): string => `${related.get(cui) ?? "?"} (${cui})`;
  const having = (rel: string): string[] =>
    distinct(record.relations.filter((r) => r.rel === rel).map(({ cui }) => named(cui)));
  const others = record.relations
    .filter(({ rel }) => rel !== "PAR" && rel !== "CHD")
    .map(({ rel, rela, cui }) => `${named(cui)} [${relationName(rel, rela)}]`);
  const names = Object.entries(record.names).map(([lat, name]) => `${lat}: ${name}`);
  return [
    listCell(record.semanticTypes.map(({ tui }) => tui)),
    ...[
      record.semanticTypes.map(({ name }) => name),
      names,
      record.definitions.map(({ sab, text }) => `${sab}: ${text}`),
      having("PAR").slice(0, MAX_LISTED),
      having("CHD").slice(0, MAX_LISTED),
      paths.slice(0, MAX_PATHS).map(({ sab, names: path }) => `${sab}: ${path.join(" > ")}`),
    ].map((values) => safeText(listCell(fitting(values)))),
    paths.length,
    safeText(listCell(fitting(distinct(others).slice(0, MAX_LISTED)))),
    record.relationCount,
    // Parallel lists: the n-th of each is of the n-th atom.
    ...(["aui", "sab", "tty", "code"] as const).map((column) =>
      safeText(listCell(fitting(record.atoms.slice(0, MAX_LISTED).map((atom) => atom[column])))),
    ),
  ];
}

/** As many of the values as a cell of a spreadsheet holds; of one that is longer alone, its beginning. */
function fitting(values: readonly string[]): string[] {
  const kept: string[] = [];
  let length = 0;
  for (const value of values) {
    length += value.length + 3;
    if (length > MAX_CELL) return kept.length > 0 ? kept : [`${value.slice(0, MAX_CELL)}…`];
    kept.push(value);
  }
  return kept;
}

/** REL of MRREL in words. */
const RELATIONS: Readonly<Record<string, string>> = {
  PAR: "parent",
  CHD: "child",
  RB: "broader",
  RN: "narrower",
  RL: "similar",
  RQ: "perhaps synonym",
  RO: "related",
  RU: "related",
  SY: "synonym",
  SIB: "sibling",
  AQ: "allowed qualifier",
  QB: "qualified by",
  XR: "not related",
};

function relationName(rel: string, rela: string): string {
  return rela === "" ? (RELATIONS[rel] ?? rel) : rela.replaceAll("_", " ");
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)];
}
