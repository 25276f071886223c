import { createReadStream, existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse } from "csv-parse";
import { unreadable } from "../terminology/files/file-access.ts";
import { TermduetError } from "../terminology/termduet-error.ts";
import type { VectorStore } from "../vector-store/vector-store.ts";
import type { LexiconAlignment } from "./align-lexicon.ts";
import { ConceptDetailsReader } from "./concept-details.ts";
import { takenPair } from "./taken-pair.ts";

/** OMOP's names of vocabularies, by SAB of UMLS where they differ. */
const VOCABULARIES: Readonly<Record<string, string>> = {
  SNOMEDCT_US: "SNOMED",
  MSH: "MeSH",
  RXNORM: "RxNorm",
  LNC: "LOINC",
  MDR: "MedDRA",
  NCI: "NCIt",
  CPT: "CPT4",
  HCPCS: "HCPCS",
  DRUGBANK: "DrugBank",
};
const ENTRIES_PER_LOOKUP = 500;

/** A standard concept of an OMOP vocabulary. */
export interface OmopConcept {
  id: string;
  name: string;
  vocabulary: string;
  domain: string;
}

/**
 * The standard concepts of an OMOP vocabulary download for the concepts that an alignment takes, by CUI: those whose vocabulary
 * and code an atom of the concept has, or, where that one is not standard, those that it `Maps to` by the
 * CONCEPT_RELATIONSHIP.csv that lies beside CONCEPT.csv.
 */
export async function omopConcepts(
  alignment: LexiconAlignment,
  store: VectorStore,
  { concepts, minRating, signal }: { concepts: string; minRating: number; signal?: AbortSignal | undefined },
): Promise<Map<string, OmopConcept[]>> {
  const { entries, release } = alignment;
  const codes = new Map<string, Set<string>>();
  const reader = new ConceptDetailsReader(store, release.concepts);
  const cuis = [...new Set(entries.flatMap((e) => takenPair(e, minRating)?.concept.cui ?? []))];
  for (let start = 0; start < cuis.length; start += ENTRIES_PER_LOOKUP) {
    signal?.throwIfAborted();
    for (const [cui, atoms] of await reader.atoms(cuis.slice(start, start + ENTRIES_PER_LOOKUP)))
      codes.set(cui, new Set(atoms.map(({ sab, code }) => keyOf(VOCABULARIES[sab] ?? sab, code))));
  }
  const wanted = new Set([...codes.values()].flatMap((keys) => [...keys]));
  const { standard, others } = await byCode(concepts, wanted);
  const mapped = await mapsTo(concepts, others);
  return new Map(
    [...codes].map(([cui, keys]) => {
      const found = [...keys].flatMap((key) => standard.get(key) ?? mapped.get(others.get(key) ?? "") ?? []);
      return [cui, [...new Map(found.map((concept) => [concept.id, concept])).values()]];
    }),
  );
}

/** Of the wanted codes alone, since the file has millions: standard concepts, and ids of those that are not standard. */
async function byCode(
  path: string,
  wanted: ReadonlySet<string>,
): Promise<{ standard: Map<string, OmopConcept[]>; others: Map<string, string> }> {
  const standard = new Map<string, OmopConcept[]>();
  const others = new Map<string, string>();
  for await (const row of omopRows(path, ["concept_id", "vocabulary_id", "concept_code"])) {
    const key = keyOf(row["vocabulary_id"] ?? "", row["concept_code"] ?? "");
    if (!wanted.has(key)) continue;
    if (row["standard_concept"] === "S") standard.set(key, [conceptOf(row)]);
    else others.set(key, row["concept_id"] ?? "");
  }
  return { standard, others };
}

/** Standard concepts that others map to, by the others' ids. */
async function mapsTo(
  concepts: string,
  others: ReadonlyMap<string, string>,
): Promise<Map<string, OmopConcept[]>> {
  const relationships = join(dirname(concepts), "CONCEPT_RELATIONSHIP.csv");
  const mapped = new Map<string, OmopConcept[]>();
  if (others.size === 0 || !existsSync(relationships)) return mapped;
  const asked = new Set(others.values());
  const targets = new Map<string, string[]>();
  for await (const row of omopRows(relationships, ["concept_id_1", "concept_id_2", "relationship_id"])) {
    const from = row["concept_id_1"] ?? "";
    if (row["relationship_id"] !== "Maps to" || row["invalid_reason"] || !asked.has(from)) continue;
    targets.set(from, [...(targets.get(from) ?? []), row["concept_id_2"] ?? ""]);
  }
  const ids = new Set([...targets.values()].flat());
  const known = new Map<string, OmopConcept>();
  for await (const row of omopRows(concepts, ["concept_id"]))
    if (ids.has(row["concept_id"] ?? "") && row["standard_concept"] === "S")
      known.set(row["concept_id"]!, conceptOf(row));
  for (const [from, to] of targets)
    mapped.set(
      from,
      to.flatMap((id) => known.get(id) ?? []),
    );
  return mapped;
}

function conceptOf(row: Readonly<Record<string, string>>): OmopConcept {
  const {
    concept_id: id = "",
    concept_name: name = "",
    vocabulary_id: vocabulary = "",
    domain_id: domain = "",
  } = row;
  return { id, name, vocabulary, domain };
}

/** Rows of a table of an OMOP vocabulary: tabs between the cells, no quotes. */
async function* omopRows(path: string, needed: readonly string[]): AsyncGenerator<Record<string, string>> {
  const rows = createReadStream(path).pipe(
    parse({ delimiter: "\t", quote: null, columns: true, relax_column_count: true, bom: true }),
  );
  try {
    let first = true;
    for await (const row of rows as AsyncIterable<Record<string, string>>) {
      if (first && !needed.every((column) => column in row))
        throw new TermduetError(
          "bad-input",
          `${path} is not a table of OMOP: ${needed.join(", ")} must be among its columns, tabs between them`,
        );
      first = false;
      yield row;
    }
  } catch (error) {
    throw error instanceof TermduetError ? error : unreadable(path, error);
  }
}

function keyOf(vocabulary: string, code: string): string {
  return `${vocabulary}\t${code.includes(":") ? code.slice(code.lastIndexOf(":") + 1) : code}`;
}
