import type { ColumnNames } from "./table-header.ts";

/** What the columns of a table of terms may hold; the first name of each is the one to write. */
export type TermColumn =
  | "id"
  | "term"
  | "lang"
  | "sab"
  | "tty"
  | "code"
  | "synonyms"
  | "definition"
  | "parents"
  | "semanticType"
  | "status";

/**
 * The headers that people use, French and English, and those of BioPortal's, MedCAT's and Usagi's tables. The first name of
 * a column wins over the others where a table has both.
 */
export const TERM_COLUMNS: ColumnNames<TermColumn> = {
  id: ["id", "identifier", "identifiant", "concept id", "conceptid", "class id", "cui", "uri", "iri"],
  term: [
    "term",
    "terme",
    "biomedical term",
    "name",
    "nom",
    "label",
    "libellé",
    "libelle",
    "libellé préféré",
    "preferred label",
    "preferred term",
    "preferred name",
    "terme préféré",
    "intitulé",
    "str",
    "concept name",
    "display",
    "désignation",
  ],
  lang: ["lang", "language", "langue", "lat", "language code"],
  sab: ["sab", "source", "ontologies", "vocabulary", "vocabulary id", "vocabulaire", "terminologie"],
  tty: ["tty", "term type", "type de terme", "name status", "type"],
  code: ["code", "source code", "notation", "scui"],
  synonyms: [
    "synonyms",
    "synonym",
    "synonymes",
    "synonyme",
    "alt label",
    "altlabel",
    "alternative label",
    "alternative labels",
    "autres noms",
  ],
  definition: ["definition", "definitions", "définition", "définitions", "description", "def"],
  parents: [
    "parents",
    "parent",
    "parent id",
    "broader",
    "is a",
    "parent ids",
    "parent(s)",
    "père",
    "concept parent",
  ],
  semanticType: [
    "semantic type",
    "semantic types",
    "semantictype",
    "sty",
    "tui",
    "type sémantique",
    "types sémantiques",
    "type ids",
  ],
  status: ["status", "statut", "obsolete", "obsolète", "deprecated", "état"],
};
