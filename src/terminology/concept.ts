import type { Atom, SemanticType } from "./atom.ts";

/** An atom as it is kept with its concept and with its string. */
export type KeptAtom = Pick<Atom, "aui" | "cui" | "sab" | "tty" | "lat" | "code" | "isPref" | "suppress">;

/** MRREL seen from a concept: `cui` is what it is related to. */
export interface ConceptRelation {
  /** REL: PAR `cui` is a parent, CHD a child, RB broader, RN narrower, RO other … */
  rel: string;
  /** RELA: the source's own label, possibly empty. */
  rela: string;
  cui: string;
  sab: string;
}

/** Everything a release says of one concept: the left join of its tables on CUI. What is not there is empty. */
export interface ConceptRecord {
  cui: string;
  /** Preferred name, by MRRANK; English where there is one. */
  name: string;
  /** Preferred name in each language (LAT). */
  names: Record<string, string>;
  semanticTypes: SemanticType[];
  /** `added`: not the release's own but a gloss that the user brought, with its licence. */
  definitions: { sab: string; text: string; added?: true; licence?: string }[];
  atoms: (KeptAtom & { str: string })[];
  relations: ConceptRelation[];
  /** Relations in the release; `relations` keeps at most `MAX_RELATIONS` of them. */
  relationCount: number;
  /** Places in the sources' hierarchies: AUIs from the root to the parent. */
  hierarchies: { aui: string; sab: string; path: string[] }[];
  /** Of a broad concept: the labels by which all strings below it are found; absent where its own CUI is the label. */
  below?: readonly string[];
}

/** How well known a concept is in its release, in half steps, so that a name more seldom changes it. */
export interface ConceptStanding {
  /** Twice as many names in twice as many languages are 1 more: log2 of the geometric mean of distinct strings and languages (LAT). */
  names: number;
  /** log2 of one more than the relations (MRREL). */
  relations: number;
}

/** What a string's record keeps of each of its concepts. */
interface ConceptInShort {
  cui: string;
  name: string;
  semanticTypes: SemanticType[];
  /** Absent in what earlier versions have ingested. */
  standing?: ConceptStanding;
}

/** A string of the release with every atom that carries it, and its concepts in short. */
export interface StringRecord {
  text: string;
  atoms: KeptAtom[];
  concepts: ConceptInShort[];
  /** How well known the string is; the order of completions, and of names that a search can't tell apart. */
  prominence: number;
}

/** The first words of a definition, and the concepts that are defined by them. */
export interface DefinitionRecord {
  text: string;
  cuis: string[];
}

/** Hubs such as `Disease` have tens of thousands of relations; a page can show so many. */
export const MAX_RELATIONS = 400;
export const MAX_HIERARCHIES = 50;
