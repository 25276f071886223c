import type { ConceptRow } from "../work/rows.ts";

type RelationRow = Extract<ConceptRow, { kind: "relation" }>;

const REL: Readonly<Record<string, string>> = { PAR: "CHD", CHD: "PAR" };
const RELA: Readonly<Record<string, string>> = {
  "": "",
  isa: "inverse_isa",
  inverse_isa: "isa",
  part_of: "has_part",
  has_part: "part_of",
};

/**
 * The relation of parent and child as the other concept would say it. UMLS has a row for each; ontologies and some
 * releases have one, and then a concept would not know its parents, or its children.
 */
export function inverseRelation({ kind, cui, rel, rela, cui2, sab }: RelationRow): RelationRow | undefined {
  const [back, label] = [REL[rel], RELA[rela]];
  return back === undefined || label === undefined
    ? undefined
    : { kind, cui: cui2, rel: back, rela: label, cui2: cui, sab };
}
