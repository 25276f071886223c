import type { Atom, Suppress } from "../atom.ts";
import { atomId } from "../atom-id.ts";
import { cleanText } from "../clean-text.ts";
import { IdTable } from "../files/id-table.ts";
import type { PartFile } from "../files/stored-files.ts";
import { MultiFileRelease } from "../multi-file-release.ts";
import type { ReadOptions, ReleaseRow } from "../release-source.ts";
import { TermduetError } from "../termduet-error.ts";
import { PackedTexts } from "./packed-texts.ts";

/** The tables of an OMOP vocabulary (Athena's download) that are read. */
export interface OmopFiles {
  concept: PartFile;
  synonym: PartFile | undefined;
  relationship: PartFile | undefined;
  ancestor: PartFile | undefined;
}

/** Files by their names in a download; undefined when there is no CONCEPT.csv. */
export function findOmop(files: readonly PartFile[]): OmopFiles | undefined {
  const named = (name: string) =>
    files.find(({ file }) => file.replace(/\.(csv|tsv|txt)$/i, "").toUpperCase() === name);
  const concept = named("CONCEPT");
  if (!concept) return undefined;
  return {
    concept,
    synonym: named("CONCEPT_SYNONYM"),
    relationship: named("CONCEPT_RELATIONSHIP"),
    ancestor: named("CONCEPT_ANCESTOR"),
  };
}

/** OMOP's own concepts for languages, as CONCEPT_SYNONYM gives them. */
const LANGUAGES: Readonly<Record<string, string>> = {
  "4180186": "ENG",
  "4180190": "FRE",
  "4182511": "SPA",
  "4182504": "GER",
  "4182503": "DUT",
  "4182507": "ITA",
  "4181536": "POR",
  "4181535": "POL",
  "4175745": "SWE",
  "4175908": "DAN",
  "4181524": "RUS",
  "4182949": "CHI",
  "4181382": "JPN",
  "4175771": "KOR",
};

/**
 * A vocabulary of OMOP: each concept by its `concept_id`, SAB its vocabulary, CODE its code there, its domain as semantic
 * type; names from CONCEPT are PT, from CONCEPT_SYNONYM SY; what is invalid is SUPPRESS O. `concept_id` 0, *No matching
 * concept*, is none. `Is a` gives parents (CONCEPT_ANCESTOR where there is no CONCEPT_RELATIONSHIP); of the other relationships,
 * which the table holds in both directions, each is given once; `Concept replaced by` leads from old concepts to new ones.
 */
export class OmopRelease extends MultiFileRelease {
  readonly format = "omop";
  readonly #files: OmopFiles;

  constructor(files: OmopFiles) {
    super(Object.values(files).filter((file) => file !== undefined));
    this.#files = files;
  }

  async *rows(options: ReadOptions): AsyncGenerator<ReleaseRow[], void, undefined> {
    const { concept, synonym, relationship, ancestor } = this.#files;
    const known = new KnownConcepts();
    for await (const rows of this.#concepts(concept, known, options)) yield rows;
    if (known.count === 0) throw new TermduetError("bad-input", `${concept.source.name} holds no concept`);
    if (synonym) yield* this.#synonyms(synonym, known, options);
    // The domains again: they are joined to the atoms, which are all there now.
    yield* this.#domains(concept, options);
    if (relationship) yield* this.#relationships(relationship, known, options);
    else if (ancestor) yield* this.#ancestors(ancestor, known, options);
  }

  #concepts(part: PartFile, known: KnownConcepts, options: ReadOptions) {
    const columns = ["concept_id", "concept_name", "vocabulary_id", "concept_code", "invalid_reason?"];
    return this.table(
      part,
      columns,
      options,
      ({ cell }, [id = 0, name = 0, vocabulary = 0, code = 0, invalid = 0]) => {
        const cui = cell(id);
        if (!IdTable.isId(cui)) return `concept_id is no number: "${cui.slice(0, 40)}"`;
        if (Number(cui) === 0) return undefined;
        const str = cleanText(cell(name));
        if (str === "") return "empty concept_name";
        if (cell(vocabulary) === "") return "empty vocabulary_id";
        const concept = {
          sab: cell(vocabulary),
          code: cell(code) || cui,
          suppress: cell(invalid) === "" ? "N" : "O",
        } as const;
        if (known.has(cui)) return `concept_id ${cui} a second time`;
        known.add(cui, concept);
        return { kind: "atom", atom: atomOf(cui, str, "PT", "ENG", concept) };
      },
    );
  }

  #synonyms(part: PartFile, known: KnownConcepts, options: ReadOptions) {
    const columns = ["concept_id", "concept_synonym_name", "language_concept_id"];
    return this.table(part, columns, options, ({ cell }, [id = 0, name = 0, language = 0]) => {
      const cui = cell(id);
      if (!IdTable.isId(cui)) return `concept_id is no number: "${cui.slice(0, 40)}"`;
      const str = cleanText(cell(name));
      if (str === "") return "empty concept_synonym_name";
      const concept = known.get(cui);
      if (!concept) return Number(cui) === 0 ? undefined : `concept_id ${cui} is not in CONCEPT`;
      const lat = LANGUAGES[cell(language)] ?? (/^0*$/.test(cell(language)) ? "ENG" : undefined);
      if (!lat) return `unknown language_concept_id ${cell(language).slice(0, 20)}`;
      return { kind: "atom", atom: atomOf(cui, str, "SY", lat, concept) };
    });
  }

  #domains(part: PartFile, options: ReadOptions) {
    const quiet = {
      ...options,
      onReject: () => {},
      onBytes: undefined,
      onNotice: undefined,
    } as unknown as ReadOptions;
    return this.table(part, ["concept_id", "domain_id?"], quiet, ({ cell }, [id = 0, domain = 0]) => {
      const tui = cell(domain);
      if (tui === "" || !IdTable.isId(cell(id)) || Number(cell(id)) === 0) return undefined;
      return { kind: "semantic-type", cui: cell(id), tui, name: tui };
    });
  }

  #relationships(part: PartFile, known: KnownConcepts, options: ReadOptions) {
    const columns = ["concept_id_1", "concept_id_2", "relationship_id", "invalid_reason?"];
    return this.table(
      part,
      columns,
      options,
      ({ cell }, [one = 0, two = 0, relationship = 0, invalid = 0]) => {
        const [cui, cui2, rela] = [cell(one), cell(two), cell(relationship)];
        if (!IdTable.isId(cui) || !IdTable.isId(cui2)) return "concept_id_1 or concept_id_2 is no number";
        if (rela === "") return "empty relationship_id";
        if (cell(invalid) !== "" || cui === cui2 || Number(cui) * Number(cui2) === 0) return undefined;
        const sab = known.get(cui)?.sab ?? "OMOP";
        if (rela === "Is a") return { kind: "relation", cui, rel: "PAR", rela: "inverse_isa", cui2, sab };
        if (rela === "Subsumes") return undefined;
        if (rela === "Concept replaced by")
          return { kind: "alias", cui: cui2, id: cui, why: "replaced_by", sab };
        if (rela === "Concept replaces" || Number(cui) > Number(cui2)) return undefined;
        return { kind: "relation", cui: cui2, rel: "RO", rela, cui2: cui, sab };
      },
    );
  }

  #ancestors(part: PartFile, known: KnownConcepts, options: ReadOptions) {
    const columns = ["ancestor_concept_id", "descendant_concept_id", "min_levels_of_separation"];
    return this.table(part, columns, options, ({ cell }, [above = 0, below = 0, levels = 0]) => {
      const [cui2, cui] = [cell(above), cell(below)];
      if (!IdTable.isId(cui) || !IdTable.isId(cui2))
        return "ancestor_concept_id or descendant_concept_id is no number";
      if (!/^\d+$/.test(cell(levels)))
        return `min_levels_of_separation is no number: "${cell(levels).slice(0, 20)}"`;
      if (Number(cell(levels)) !== 1) return undefined;
      return {
        kind: "relation",
        cui,
        rel: "PAR",
        rela: "inverse_isa",
        cui2,
        sab: known.get(cui)?.sab ?? "OMOP",
      };
    });
  }
}

interface ConceptInShort {
  sab: string;
  code: string;
  suppress: Suppress;
}

/** What the rows of CONCEPT say that the other tables need, in some 35 bytes a concept. */
class KnownConcepts {
  readonly #places = new IdTable();
  readonly #codes = new PackedTexts();
  readonly #vocabularies: string[] = [];
  readonly #vocabularyNumbers = new Map<string, number>();

  get count(): number {
    return this.#places.size;
  }

  has(id: string): boolean {
    return this.#places.get(id) !== undefined;
  }

  add(id: string, { sab, code, suppress }: ConceptInShort): void {
    let vocabulary = this.#vocabularyNumbers.get(sab);
    if (vocabulary === undefined) {
      vocabulary = this.#vocabularies.push(sab) - 1;
      this.#vocabularyNumbers.set(sab, vocabulary);
    }
    this.#places.set(id, this.#codes.add(code, 2 * vocabulary + (suppress === "N" ? 0 : 1)));
  }

  get(id: string): ConceptInShort | undefined {
    const place = this.#places.get(id);
    if (place === undefined) return undefined;
    const { text: code, number } = this.#codes.get(place);
    return { code, sab: this.#vocabularies[number >> 1]!, suppress: number % 2 === 0 ? "N" : "O" };
  }
}

function atomOf(
  cui: string,
  str: string,
  tty: string,
  lat: string,
  { sab, code, suppress }: ConceptInShort,
): Atom {
  const content = { cui, lat, sab, tty, code, str };
  const isName = tty === "PT";
  return {
    ...content,
    aui: atomId(content),
    ts: isName ? "P" : "S",
    stt: "PF",
    isPref: isName,
    srl: 0,
    suppress,
  };
}
