/** What the sample's sources hold, what is made of it, and the sources and types that its rows name. */

export type Lang = "ENG" | "FRE";
export type Mark = "" | "AB" | "O" | "E" | "Y";
export type Suppress = "N" | "O" | "E" | "Y";
export type Place = { file: string; line: number };
export type Name = { text: string; mark: Mark; lang: Lang; lay: boolean; first: boolean; at: Place };
export type Link = { slug: string; at: Place };
type Parent = Link & { partOf: boolean };
type Definition = { text: string; lang: Lang };
export type Concept = {
  code: string;
  cui: string;
  slug: string;
  tuis: string[];
  parents: Parent[];
  names: Name[];
  definitions: Definition[];
  sites: Link[];
  treats: Link[];
  at: Place;
};
export type Atom = {
  cui: string;
  lat: Lang;
  lui: string;
  sui: string;
  aui: string;
  sab: string;
  tty: string;
  code: string;
  str: string;
  suppress: Suppress;
  rank: number;
  ts: "P" | "S";
  stt: "PF" | "VC" | "VO" | "VW" | "VCW";
  ispref: "Y" | "N";
};

/** The semantic types used here: TUI, name and tree number of the UMLS Semantic Network. */
export const SEMANTIC_TYPES: Record<string, readonly [name: string, tree: string]> = {
  T019: ["Congenital Abnormality", "A1.2.2.1"],
  T020: ["Acquired Abnormality", "A1.2.2.2"],
  T022: ["Body System", "A2.1.4.1"],
  T023: ["Body Part, Organ, or Organ Component", "A1.2.3.1"],
  T024: ["Tissue", "A1.2.3.2"],
  T029: ["Body Location or Region", "A2.1.5.2"],
  T030: ["Body Space or Junction", "A2.1.5.1"],
  T031: ["Body Substance", "A1.4.2"],
  T033: ["Finding", "A2.2"],
  T037: ["Injury or Poisoning", "B2.3"],
  T039: ["Physiologic Function", "B2.2.1.1"],
  T040: ["Organism Function", "B2.2.1.1.1"],
  T042: ["Organ or Tissue Function", "B2.2.1.1.2"],
  T046: ["Pathologic Function", "B2.2.1.2"],
  T047: ["Disease or Syndrome", "B2.2.1.2.1"],
  T048: ["Mental or Behavioral Dysfunction", "B2.2.1.2.1.1"],
  T055: ["Individual Behavior", "B1.1.2"],
  T056: ["Daily or Recreational Activity", "B1.2"],
  T058: ["Health Care Activity", "B1.3.1"],
  T059: ["Laboratory Procedure", "B1.3.1.1"],
  T060: ["Diagnostic Procedure", "B1.3.1.2"],
  T061: ["Therapeutic or Preventive Procedure", "B1.3.1.3"],
  T069: ["Environmental Effect of Humans", "B2.1.1"],
  T074: ["Medical Device", "A1.3.1"],
  T109: ["Organic Chemical", "A1.4.1.2.1"],
  T116: ["Amino Acid, Peptide, or Protein", "A1.4.1.2.1.7"],
  T121: ["Pharmacologic Substance", "A1.4.1.1.1"],
  T123: ["Biologically Active Substance", "A1.4.1.1.3"],
  T125: ["Hormone", "A1.4.1.1.3.2"],
  T127: ["Vitamin", "A1.4.1.1.3.4"],
  T129: ["Immunologic Factor", "A1.4.1.1.3.5"],
  T184: ["Sign or Symptom", "A2.2.2"],
  T190: ["Anatomical Abnormality", "A1.2.2"],
  T191: ["Neoplastic Process", "B2.2.1.2.1.2"],
  T195: ["Antibiotic", "A1.4.1.1.1.1"],
  T201: ["Clinical Attribute", "A2.3.1"],
};

/** Version of the sample, as MRSAB gives it. */
export const VERSION = "1.0";

export const EXPERT = { ENG: "TDSAMPLE", FRE: "TDSAMPLEFRE" } as const;
export const LAY = { ENG: "TDLAY", FRE: "TDLAYFRE" } as const;
export const SOURCES = [
  { sab: "TDSAMPLE", lat: "ENG", title: "Termduet sample terminology, expert names" },
  { sab: "TDSAMPLEFRE", lat: "FRE", title: "Termduet sample terminology, expert names, French" },
  { sab: "TDLAY", lat: "ENG", title: "Termduet sample terminology, lay names" },
  { sab: "TDLAYFRE", lat: "FRE", title: "Termduet sample terminology, lay names, French" },
] as const;
/** Term types, best first: preferred, synonym, abbreviation, obsolete synonym, machine short form. */
export const TERM_TYPES = ["PT", "SY", "AB", "IS", "DEV"] as const;
/** MRRANK: expert names before lay ones, and within a kind the better term type first. */
export const RANKS = ["TDSAMPLE", "TDSAMPLEFRE", "TDLAY", "TDLAYFRE"].flatMap((sab, s) =>
  TERM_TYPES.map((tty, t) => ({
    sab,
    tty,
    rank: 200 - 10 * (tty === "IS" || tty === "DEV" ? s + 10 : s) - t,
  })),
);

export function find(bySlug: Map<string, Concept>, slug: string): Concept {
  const concept = bySlug.get(slug);
  if (!concept) throw new Error(`no concept '${slug}'. This is a bug.`);
  return concept;
}

export function fold(text: string): string {
  return text.normalize("NFC").toLowerCase();
}

export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
