/** A group of semantic types (McCray, Burgun and Bodenreider, 2001): coarser than types, and each type is in one. */
export interface SemanticGroup {
  /** Four letters, as in `SemGroups.txt`. */
  id: string;
  name: string;
  tuis: readonly string[];
}

/**
 * NLM's `SemGroups.txt` (a public table of the Semantic Network): group, its name, the TUIs of its types. Those of six
 * chemicals that NLM has given up since (T110, T111, T115, T118, T119, T124) stay: older releases have concepts of them.
 */
export const SEMANTIC_GROUPS: readonly SemanticGroup[] = [
  group("ACTI", "Activities & Behaviors", "T051 T052 T053 T054 T055 T056 T057 T064 T066"),
  group("ANAT", "Anatomy", "T017 T018 T021 T022 T023 T024 T025 T026 T029 T030 T031"),
  group(
    "CHEM",
    "Chemicals & Drugs",
    "T103 T104 T109 T110 T111 T114 T115 T116 T118 T119 T120 T121 T122 T123 T124 T125 T126 T127 T129 T130 T131 T192 T195 T196 T197 T200",
  ),
  group("CONC", "Concepts & Ideas", "T077 T078 T079 T080 T081 T082 T089 T102 T169 T170 T171 T185"),
  group("DEVI", "Devices", "T074 T075 T203"),
  group("DISO", "Disorders", "T019 T020 T033 T037 T046 T047 T048 T049 T050 T184 T190 T191"),
  group("GENE", "Genes & Molecular Sequences", "T028 T085 T086 T087 T088"),
  group("GEOG", "Geographic Areas", "T083"),
  group(
    "LIVB",
    "Living Beings",
    "T001 T002 T004 T005 T007 T008 T010 T011 T012 T013 T014 T015 T016 T096 T097 T098 T099 T100 T101 T194 T204",
  ),
  group("OBJC", "Objects", "T071 T072 T073 T167 T168"),
  group("OCCU", "Occupations", "T090 T091"),
  group("ORGA", "Organizations", "T092 T093 T094 T095"),
  group("PHEN", "Phenomena", "T034 T038 T067 T068 T069 T070"),
  group("PHYS", "Physiology", "T032 T039 T040 T041 T042 T043 T044 T045 T201"),
  group("PROC", "Procedures", "T058 T059 T060 T061 T062 T063 T065"),
];

const BY_TUI = new Map(SEMANTIC_GROUPS.flatMap((one) => one.tuis.map((tui) => [tui, one] as const)));
const BY_NAME = new Map(
  SEMANTIC_GROUPS.flatMap((one) => [one.id, one.name].map((name) => [name.toLowerCase(), one] as const)),
);

/** The group of a semantic type; undefined for a TUI that the table does not know. */
export function groupOfType(tui: string): SemanticGroup | undefined {
  return BY_TUI.get(tui);
}

/** A group by its four letters or its name, in any case: `DISO`, `disorders`. */
export function semanticGroup(name: string): SemanticGroup | undefined {
  return BY_NAME.get(name.trim().toLowerCase());
}

function group(id: string, name: string, tuis: string): SemanticGroup {
  return { id, name, tuis: tuis.split(" ") };
}
