import { createReadStream } from "node:fs";
import { parse } from "csv-parse";
import { unreadable } from "../terminology/files/file-access.ts";
import { TermduetError } from "../terminology/termduet-error.ts";
import type { VectorStore } from "../vector-store/vector-store.ts";
import type { LexiconAlignment } from "./align-lexicon.ts";
import { ConceptDetailsReader } from "./concept-details.ts";
import { TextFile, tableRow } from "./table-file.ts";
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

const COLUMNS = [
  "source_code",
  "source_concept_id",
  "source_vocabulary_id",
  "source_code_description",
  "target_concept_id",
  "target_vocabulary_id",
  "valid_start_date",
  "valid_end_date",
  "invalid_reason",
] as const;
const NO_END = "2099-12-31";
const MAX_CODE = 50;
const MAX_DESCRIPTION = 255;
const ENTRIES_PER_LOOKUP = 500;

export interface OmopOptions {
  /** Name of the lexicon as a vocabulary, at most 20 characters. */
  vocabulary: string;
  /** CONCEPT.csv of an OMOP vocabulary download; without it the target concepts are 0 (not known) and vocabulary `UMLS`, or the dataset's name. */
  concepts?: string;
  minRating: number;
  /** ISO date. */
  date: string;
  signal?: AbortSignal;
}

/**
 * `source_to_concept_map.csv` of OMOP's CDM 5.4: a row for each pair taken. Target concepts are those standard concepts of CONCEPT.csv
 * whose vocabulary and code an atom of the concept has; several of them give several rows.
 */
export async function writeOmopMap(
  path: string,
  alignment: LexiconAlignment,
  store: VectorStore,
  { vocabulary, concepts, minRating, date, signal }: OmopOptions,
): Promise<void> {
  const { entries, release } = alignment;
  const codes = new Map<string, Set<string>>();
  if (concepts !== undefined) {
    const reader = new ConceptDetailsReader(store, release.concepts);
    const cuis = [...new Set(entries.flatMap((e) => takenPair(e, minRating)?.concept.cui ?? []))];
    for (let start = 0; start < cuis.length; start += ENTRIES_PER_LOOKUP) {
      signal?.throwIfAborted();
      for (const [cui, atoms] of await reader.atoms(cuis.slice(start, start + ENTRIES_PER_LOOKUP)))
        codes.set(cui, new Set(atoms.map(({ sab, code }) => keyOf(VOCABULARIES[sab] ?? sab, code))));
    }
  }
  const wanted = new Set([...codes.values()].flatMap((keys) => [...keys]));
  const known = concepts === undefined ? new Map() : await omopConcepts(concepts, wanted);
  const unknown = {
    id: "0",
    vocabulary: release.dataset.toLowerCase().startsWith("umls") ? "UMLS" : release.dataset,
  };
  using file = new TextFile(path);
  file.write(tableRow(COLUMNS, ","));
  for (const aligned of entries) {
    const pair = takenPair(aligned, minRating);
    if (!pair) continue;
    const found: OmopConcept[] = [...(codes.get(pair.concept.cui) ?? [])].flatMap(
      (key) => known.get(key) ?? [],
    );
    const { id, term } = aligned.entry;
    for (const target of found.length > 0 ? found : [unknown])
      file.write(
        tableRow(
          [
            cut(id, MAX_CODE),
            0,
            vocabulary,
            cut(term, MAX_DESCRIPTION),
            target.id,
            target.vocabulary,
            date,
            NO_END,
            undefined,
          ],
          ",",
        ),
      );
  }
  file.flush();
}

interface OmopConcept {
  id: string;
  vocabulary: string;
}

/** Standard concepts by vocabulary and code, of those that are wanted alone: the file has millions. */
async function omopConcepts(path: string, wanted: ReadonlySet<string>): Promise<Map<string, OmopConcept>> {
  const found = new Map<string, OmopConcept>();
  const rows = createReadStream(path).pipe(
    parse({ delimiter: "\t", quote: null, columns: true, relax_column_count: true, bom: true }),
  );
  try {
    let first = true;
    for await (const row of rows as AsyncIterable<Record<string, string>>) {
      if (first && !("concept_id" in row && "vocabulary_id" in row && "concept_code" in row))
        throw new TermduetError(
          "bad-input",
          `${path} is no CONCEPT.csv of OMOP: concept_id, vocabulary_id and concept_code must be among its columns, tabs between them`,
        );
      first = false;
      const { concept_id: id = "", vocabulary_id: vocabulary = "", concept_code: code = "" } = row;
      const key = keyOf(vocabulary, code);
      if (row["standard_concept"] === "S" && wanted.has(key)) found.set(key, { id, vocabulary });
    }
  } catch (error) {
    throw error instanceof TermduetError ? error : unreadable(path, error);
  }
  return found;
}

function keyOf(vocabulary: string, code: string): string {
  return `${vocabulary}\t${code.includes(":") ? code.slice(code.lastIndexOf(":") + 1) : code}`;
}

function cut(text: string, most: number): string {
  return [...text].slice(0, most).join("");
}
