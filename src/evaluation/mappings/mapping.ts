/** What a file says of a pair: `same`, or `unsure`, which is neither right nor wrong (OAEI's `?`, broader, related). */
type MappingRelation = "same" | "unsure";

export interface Mapping {
  /** `conceptKey` of the two. */
  subject: string;
  object: string;
  relation: MappingRelation;
  /** How sure it is, the surer the higher; 1 where the file does not say. */
  score: number;
}

/** Mappings of a file, or a reference. */
export interface MappingFile {
  mappings: Mapping[];
  /** All that the file looks at, those without an object too. */
  subjects: Set<string>;
  /** Several objects of a subject are alternatives, of which one is enough. */
  alternatives: boolean;
}
