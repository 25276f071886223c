import type { Atom } from "../atom.ts";
import { atomId } from "../atom-id.ts";
import { cleanText } from "../clean-text.ts";
import { latOf } from "../languages.ts";
import type { ReleaseRow } from "../release-source.ts";

/**
 * TTY of the names in OBO and OBO graphs: the term's name is PT; an exact synonym SY; the others say by their TTY that
 * they are wider, narrower or only near in meaning.
 */
const ONTOLOGY_TTY = {
  NAME: "PT",
  EXACT: "SY",
  BROAD: "SY_BROAD",
  NARROW: "SY_NARROW",
  RELATED: "SY_RELATED",
} as const;

export interface OntologyName {
  text: string;
  scope: keyof typeof ONTOLOGY_TTY;
  /** Language tag as the file has it (`fr`, `pt-BR`); English where there is none. */
  language?: string | undefined;
  /** What the ontology says of its kind: laypeople's word, abbreviation, or one that is no longer used. */
  kind?: NameKind | undefined;
}

export type NameKind = "layperson" | "abbreviation" | "obsolete";

/** Kinds of synonyms by the names of their types (`hasSynonymType`, OBO's `synonymtypedef`, OMO's abbreviation). */
export function nameKindOf(type: string): NameKind | undefined {
  if (/layperson|lay_?term|consumer/i.test(type)) return "layperson";
  if (/abbreviation|acronym|OMO_0003000|OMO_0003012/i.test(type)) return "abbreviation";
  return /obsolete|deprecated/i.test(type) ? "obsolete" : undefined;
}

/** A term of an ontology, whatever the file format. */
export interface OntologyTerm {
  /** A CURIE (`HP:0001658`) or an IRI. */
  id: string;
  sab: string;
  isObsolete: boolean;
  names: OntologyName[];
  /** In the file's order, of all languages. */
  definitions: string[];
  relations: OntologyRelation[];
  /** Its code in its own system (`skos:notation`) where that is not the id. */
  code?: string | undefined;
  /** Identifiers that mean this term and are no longer used: `alt_id`. */
  aliases?: string[];
  /** Terms that took the place of this one, which is obsolete. */
  replacedBy?: string[];
  semanticTypes?: { tui: string; name: string }[];
}

/**
 * The term has `kind` to `target`: `is_a`, `xref`, `disjoint_from`, `equivalent_to`, or a relationship by its name
 * (`part_of`).
 */
export interface OntologyRelation {
  kind: string;
  target: string;
}

/**
 * The atoms of a term. The first name in each language, in the file's order with the term's name first, is the
 * preferred one (TS P); a string that comes a second time in a language is not ISPREF. A name whose language tag is
 * unknown, or that is empty, comes back as a reason for rejection.
 */
export function atomsOf(term: OntologyTerm): { atoms: Atom[]; reasons: string[] } {
  const atoms = new Map<string, Atom>();
  const reasons: string[] = [];
  const languages = new Set<string>();
  const strings = new Set<string>();
  const ordered = term.names.toSorted((a, b) => Number(b.scope === "NAME") - Number(a.scope === "NAME"));
  for (const { text, scope, language, kind } of ordered) {
    const lat = language === undefined ? "ENG" : latOf(language);
    const str = cleanText(text);
    if (lat === undefined || str === "") {
      reasons.push(str === "" ? "empty name or synonym" : `unknown language "${language}" of "${str}"`);
      continue;
    }
    const content = {
      cui: term.id,
      lat,
      sab: term.sab,
      tty: ttyOf(scope, kind),
      code: term.code ?? term.id,
      str,
    };
    const aui = atomId(content);
    if (atoms.has(aui)) continue;
    const key = `${lat}|${str}`;
    atoms.set(aui, {
      ...content,
      aui,
      ts: languages.has(lat) ? "S" : "P",
      stt: "PF",
      isPref: !strings.has(key),
      srl: 0,
      suppress: term.isObsolete || kind === "obsolete" ? "O" : "N",
    });
    languages.add(lat);
    strings.add(key);
  }
  return { atoms: [...atoms.values()], reasons };
}

/** TTY of a name: an exact abbreviation is AB as in UMLS, a word of laypeople says so behind its scope. */
function ttyOf(scope: OntologyName["scope"], kind: NameKind | undefined): string {
  const tty = ONTOLOGY_TTY[scope];
  if (kind === "layperson") return `${tty}_LAYPERSON`;
  return kind === "abbreviation" && scope === "EXACT" ? "AB" : tty;
}

/** What is joined to the atoms of a term: its semantic types, definitions, relations, and the identifiers it had before. */
export function joinedRowsOf(term: OntologyTerm): ReleaseRow[] {
  const { id, sab, definitions, relations, aliases = [], replacedBy = [], semanticTypes = [] } = term;
  const rows: ReleaseRow[] = semanticTypes.map((type) => ({ kind: "semantic-type", cui: id, ...type }));
  for (const definition of definitions) {
    const text = cleanText(definition);
    if (text !== "") rows.push({ kind: "definition", cui: id, sab, text });
  }
  for (const relation of relations) rows.push(relationRow(id, relation, sab));
  for (const alias of aliases) rows.push({ kind: "alias", cui: id, id: alias, why: "alt_id", sab });
  for (const cui of replacedBy) rows.push({ kind: "alias", cui, id, why: "replaced_by", sab });
  return rows;
}

/**
 * A relation as MRREL would say it: `cui2` has `rel` and `rela` to `cui`. A parent is PAR, a cross-reference RQ
 * (related, possibly synonymous), all else RO with the relationship's own name as RELA.
 */
export function relationRow(id: string, { kind, target }: OntologyRelation, sab: string): ReleaseRow {
  if (kind === "is_a")
    return { kind: "relation", cui: id, rel: "PAR", rela: "inverse_isa", cui2: target, sab };
  if (kind === "equivalent_to")
    return { kind: "relation", cui: id, rel: "RQ", rela: kind, cui2: target, sab };
  if (kind === "xref") return { kind: "relation", cui: id, rel: "RQ", rela: "xref", cui2: target, sab };
  return { kind: "relation", cui: target, rel: "RO", rela: kind, cui2: id, sab };
}

/**
 * SAB of an ontology from its id or IRI (`hp`, `hp/hp-base`, `http://purl.obolibrary.org/obo/hp.owl` → HP); undefined
 * where that says nothing.
 */
export function sabOfOntology(ontology: string | undefined): string | undefined {
  const path = ontology?.replace(/^https?:\/\/purl\.obolibrary\.org\/obo\//i, "").trim() ?? "";
  // Another ontology's IRI names it in its last segment: http://www.ebi.ac.uk/efo/efo.owl.
  const segments = path.split(/[/#]/).filter(Boolean);
  const segment = (path.includes("://") ? segments.at(-1) : segments[0]) ?? "";
  const stem = segment.replace(/\.(owl|obo|json|ofn|ttl)$/i, "");
  return sabOf(stem);
}

/** SAB of a term from the prefix of its id (`HP:0001658` → HP), `LOCAL` where it has none. */
export function sabOfId(id: string): string {
  const prefix = /^([A-Za-z][\w.-]*):(?!\/\/)/.exec(id)?.[1];
  return sabOf(prefix ?? "") ?? "LOCAL";
}

function sabOf(text: string): string | undefined {
  const sab = text
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, "_")
    .replace(/^_|_$/g, "");
  return sab === "" ? undefined : sab;
}
