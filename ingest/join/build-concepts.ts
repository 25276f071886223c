import type { Atom, SemanticType } from "../../src/terminology/atom.ts";
import {
  type ConceptRecord,
  type ConceptStanding,
  type KeptAtom,
  MAX_HIERARCHIES,
  MAX_RELATIONS,
} from "../../src/terminology/concept.ts";
import type { OnProgress } from "../../src/terminology/progress.ts";
import { TermduetError } from "../../src/terminology/termduet-error.ts";
import { normalizeText } from "../../src/text/normalize.ts";
import { BUCKETS, blockOf, bucketOf } from "../../src/text/string-id.ts";
import { conceptsSpec } from "../../src/vector-store/release-record.ts";
import type { VectorStore } from "../../src/vector-store/vector-store.ts";
import { MENTIONS } from "../read/added-rows.ts";
import { type AtomCounts, countAtom } from "../read/atom-counts.ts";
import type { ReadResult } from "../read/read-release.ts";
import { NameRanking, namesByLanguage, preferredName } from "../work/name-ranking.ts";
import type { ConceptRow, StringRow } from "../work/rows.ts";
import type { Shard } from "../work/shard.ts";
import { readPart, SpillWriter } from "../work/spill.ts";
import { spillDefinitions } from "../write/definition-blocks.ts";
import { ConceptStandings } from "./concept-popularity.ts";
import type { Hierarchy } from "./hierarchy.ts";

export interface ConceptCounts {
  concepts: number;
  /** Concepts of each semantic type (TUI). */
  bySty: Record<string, { name: string; concepts: number }>;
  /** What standing is usual: see `ConceptStandings`. */
  standing: ConceptStanding;
  /** Atoms of concepts that have none of the semantic types asked for: they were read and are not kept. */
  leftOut: AtomCounts;
}

export interface BuildConceptsOptions {
  read: ReadResult;
  conceptFolder: string;
  stringFolder: string;
  hierarchy: Hierarchy;
  stringParts: number;
  /** Where the definitions go, in as many parts as the strings; absent where no encoder knows definitions. */
  definitionFolder?: string | undefined;
  store: VectorStore;
  collection: string;
  /** Keep concepts with one of these semantic types (TUI) alone; all when empty. */
  sty: readonly string[];
  /** Which parts are this process's to write; the others are joined for their strings alone. */
  shard: Shard;
  onProgress?: OnProgress | undefined;
  signal?: AbortSignal | undefined;
}

/** Blocks of strings: each fits in memory and keeps the encoders busy for some seconds. A power of two, so that
 * the blocks of one release are unions or parts of another's. */
export function stringParts(atoms: number, atomsPerBlock: number): number {
  let parts = 1;
  while (parts < BUCKETS / 16 && atoms / parts > atomsPerBlock) parts *= 2;
  return parts;
}

/**
 * Second stage: joins the tables on CUI, part by part, writes the concepts and divides their atoms by string. The join
 * is a left one: a concept without types, definitions or relations is kept.
 */
export async function buildConcepts(options: BuildConceptsOptions): Promise<ConceptCounts> {
  const { read, store, collection, shard, signal } = options;
  const ranking = NameRanking.from(read.ranks);
  await store.createCollection(conceptsSpec(collection), shard.creation);
  using spill = new SpillWriter(options.stringFolder, options.stringParts);
  const { definitionFolder, stringParts: parts } = options;
  using definitions = definitionFolder === undefined ? undefined : new SpillWriter(definitionFolder, parts);
  let written = 0;
  const bySty: ConceptCounts["bySty"] = {};
  const standings = new ConceptStandings();
  const leftOut: AtomCounts = { atoms: 0, bySab: {}, byLat: {} };
  const isWanted = ({ record, atoms }: BuiltConcept): boolean => {
    if (options.sty.length === 0 || record.semanticTypes.some(({ tui }) => options.sty.includes(tui)))
      return true;
    for (const atom of atoms) countAtom(leftOut, atom);
    return false;
  };
  for (let part = 0; part < read.parts; part++) {
    signal?.throwIfAborted();
    const rows = await readRows(options.conceptFolder, part);
    const concepts = conceptsOf(rows, ranking).filter(isWanted);
    for (const { record } of concepts) {
      const below = options.hierarchy.termsOf(record.cui);
      if (below) record.below = below;
    }
    const block = {
      number: part,
      firstOrdinal: written,
      ids: concepts.map(({ record }) => record.cui),
      fields: {},
      bodies: concepts.map(({ record }) => JSON.stringify(record)),
    };
    if (shard.has(part)) await store.writeBlock(collection, block, shard.writing);
    for (const concept of concepts) {
      spillAtoms(spill, parts, concept, standings.of(concept.record));
      if (definitions) spillDefinitions(definitions, parts, concept.record.cui, concept.record.definitions);
    }
    for (const { record } of concepts) for (const type of record.semanticTypes) countType(bySty, type);
    written += concepts.length;
    options.onProgress?.({ stage: "join concepts", done: part + 1, total: read.parts, unit: "parts" });
  }
  if (written === 0) {
    throw new TermduetError(
      "bad-input",
      "no concept has one of the semantic types of --sty; nothing was changed",
    );
  }
  return { concepts: written, bySty, standing: standings.usual(), leftOut };
}

function countType(bySty: ConceptCounts["bySty"], { tui, name }: SemanticType): void {
  const known = bySty[tui];
  if (known) known.concepts++;
  else bySty[tui] = { name, concepts: 1 };
}

function spillAtoms(
  spill: SpillWriter,
  parts: number,
  { record, atoms, contexts }: BuiltConcept,
  standing: ConceptStanding,
): void {
  const { name, names, semanticTypes } = record;
  const sources = new Set(atoms.map((atom) => atom.sab)).size;
  for (const atom of atoms) {
    const norm = normalizeText(atom.str);
    const bucket = bucketOf(norm);
    const fame = { sources, preferred: atom.str === name || atom.str === names[atom.lat] };
    const concept = { name, semanticTypes, standing };
    const context = contexts.get(atom.aui);
    const stands = context === undefined ? {} : { context };
    const row: StringRow = { text: atom.str, norm, bucket, atom: kept(atom), ...concept, fame, ...stands };
    spill.write(blockOf(bucket, parts), row);
  }
}

/** REL values that lead to a broader concept. */
const UPWARD = ["PAR", "RB"];

interface BuiltConcept {
  record: ConceptRecord;
  atoms: Atom[];
  /** By AUI the text in which a mention stands. */
  contexts: ReadonlyMap<string, string>;
}

/** The rows of one part by CUI. */
async function readRows(folder: string, part: number): Promise<Map<string, ConceptRow[]>> {
  const rows = new Map<string, ConceptRow[]>();
  for await (const row of readPart<ConceptRow>(folder, part)) {
    const cui = row.kind === "atom" ? row.atom.cui : row.cui;
    const known = rows.get(cui);
    if (known) known.push(row);
    else rows.set(cui, [row]);
  }
  return rows;
}

/** The concepts of one part, in the order of their CUIs. Rows of CUIs that have no atom here are left out. */
function conceptsOf(rows: ReadonlyMap<string, readonly ConceptRow[]>, ranking: NameRanking): BuiltConcept[] {
  return [...rows.keys()].sort().flatMap((cui) => buildConcept(cui, rows.get(cui)!, ranking) ?? []);
}

function buildConcept(
  cui: string,
  rows: readonly ConceptRow[],
  ranking: NameRanking,
): BuiltConcept | undefined {
  const byAui = new Map(
    rows.flatMap((row) => (row.kind === "atom" ? [[row.atom.aui, row.atom] as const] : [])),
  );
  const atoms = [...byAui.values()];
  const contexts = new Map<string, string>();
  // A concept is called as its sources call it, not as somebody mentioned it.
  const own = atoms.filter(({ sab }) => sab !== MENTIONS);
  if (atoms.length === 0) return undefined;
  const semanticTypes = new Map<string, SemanticType>();
  const relations = new Map<string, ConceptRecord["relations"][number]>();
  const record: ConceptRecord = {
    cui,
    name: preferredName(own.length > 0 ? own : atoms, ranking),
    names: namesByLanguage(own, ranking),
    semanticTypes: [],
    definitions: [],
    atoms: atoms.map((atom) => ({ ...kept(atom), str: atom.str })),
    relations: [],
    relationCount: 0,
    hierarchies: [],
  };
  for (const row of rows) {
    if (row.kind === "semantic-type") semanticTypes.set(row.tui, { tui: row.tui, name: row.name });
    else if (row.kind === "definition") {
      const { sab, text, added, licence } = row;
      record.definitions.push({ sab, text, ...(added ? { added } : {}), ...(licence ? { licence } : {}) });
    } else if (row.kind === "atom" && row.context !== undefined) {
      contexts.set(row.atom.aui, leastOf(contexts.get(row.atom.aui), row.context));
    } else if (row.kind === "relation") {
      const { rel, rela, cui2, sab } = row;
      relations.set(`${rel}|${rela}|${cui2}|${sab}`, { rel, rela, cui: cui2, sab });
    } else if (
      row.kind === "hierarchy" &&
      byAui.has(row.aui) &&
      record.hierarchies.length < MAX_HIERARCHIES
    ) {
      record.hierarchies.push({ aui: row.aui, sab: row.sab, path: row.path });
    }
  }
  record.semanticTypes = [...semanticTypes.values()].sort((a, b) => (a.tui < b.tui ? -1 : 1));
  record.relationCount = relations.size;
  // Parents first: what is cut off must not be the way up.
  record.relations = [...relations.values()]
    .sort((a, b) => Number(!UPWARD.includes(a.rel)) - Number(!UPWARD.includes(b.rel)))
    .slice(0, MAX_RELATIONS);
  return { record, atoms, contexts };
}

/** The choice must not depend on the order of the rows. */
function leastOf(a: string | undefined, b: string): string {
  return a !== undefined && a < b ? a : b;
}

function kept({ aui, cui, sab, tty, lat, code, isPref, suppress }: Atom): KeptAtom {
  return { aui, cui, sab, tty, lat, code, isPref, suppress };
}
