import type { SemanticType } from "../../src/terminology/atom.ts";
import type { ConceptStanding, KeptAtom } from "../../src/terminology/concept.ts";
import type { ReleaseRow } from "../../src/terminology/release-source.ts";
import type { StringPopularity } from "../join/popularity.ts";

/** Rows of one concept part: what is joined on CUI. */
export type ConceptRow = Exclude<ReleaseRow, { kind: "rank" }>;

/** One atom on its way to its string: with what the string's record keeps of its concept. */
export interface StringRow {
  text: string;
  norm: string;
  bucket: number;
  atom: KeptAtom;
  name: string;
  semanticTypes: SemanticType[];
  standing: ConceptStanding;
  fame: StringPopularity;
  /** The text in which a mention stands. */
  context?: string;
}
