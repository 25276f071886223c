import { t } from "./texts.js";

const INVERSE = {
  isa: "inverse of: is a",
  inverse_isa: "is a",
  may_treat: "may be treated by",
  may_be_treated_by: "may treat",
  may_prevent: "may be prevented by",
  may_be_prevented_by: "may prevent",
  may_diagnose: "may be diagnosed by",
  may_be_diagnosed_by: "may diagnose",
  treats: "treated by",
  treated_by: "treats",
  causes: "caused by",
  caused_by: "causes",
  cause_of: "due to",
  due_to: "cause of",
  associated_with: "associated with",
};

/**
 * MRREL says what the other concept is to this one ("heart, finding_site_of, infarction"); a reader of this one's page
 * wants to read it from here ("has finding site: heart").
 */
export function relationLabel({ rel, rela }) {
  if (rela === "") return t(`rel.${rel}`).replace(/^rel\./, "");
  if (INVERSE[rela]) return INVERSE[rela];
  const words = rela.replaceAll("_", " ");
  if (words.startsWith("has ")) return `${words.slice(4)} of`;
  if (words.endsWith(" of")) return `has ${words.slice(0, -3)}`;
  return `← ${words}`;
}
