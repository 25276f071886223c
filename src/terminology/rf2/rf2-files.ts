import type { PartFile } from "../files/stored-files.ts";
import { TermduetError } from "../termduet-error.ts";

/** The files of a snapshot that are read, by what they hold. */
export interface Rf2Files {
  concepts: PartFile[];
  descriptions: PartFile[];
  definitions: PartFile[];
  relationships: PartFile[];
  languages: PartFile[];
  associations: PartFile[];
}

/** File names by the RF2 specification: `sct2_Description_Snapshot-en_INT_20240101.txt`; `x` before them in previews. */
const KINDS: Readonly<Record<keyof Rf2Files, RegExp>> = {
  concepts: /^x?sct2_Concept_Snapshot/i,
  descriptions: /^x?sct2_Description_Snapshot/i,
  definitions: /^x?sct2_TextDefinition_Snapshot/i,
  relationships: /^x?sct2_Relationship_Snapshot/i,
  languages: /^x?der2_cRefset_Language\w*Snapshot/i,
  associations: /^x?der2_cRefset_Association\w*Snapshot/i,
};

/**
 * The snapshot of a SNOMED CT release among these files; undefined when there is none of its names. Several editions in one
 * folder are read together: an extension needs the International Edition beside it.
 * @throws TermduetError `bad-input` where only full or delta files are there, or descriptions without concepts.
 */
export function findRf2(files: readonly PartFile[], where: string): Rf2Files | undefined {
  const all = files.filter(({ file }) => /^x?(?:sct2|der2)_\w+.*\.txt$/i.test(file));
  if (all.length === 0) return undefined;
  const found = Object.fromEntries(
    Object.entries(KINDS).map(([kind, pattern]) => [kind, all.filter(({ file }) => pattern.test(file))]),
  ) as unknown as Rf2Files;
  if (found.descriptions.length === 0)
    throw new TermduetError(
      "bad-input",
      `${where} holds SNOMED CT files (${all[0]!.file}, …) but no sct2_Description_Snapshot: give the folder or zip of the snapshot`,
    );
  if (found.concepts.length === 0)
    throw new TermduetError(
      "bad-input",
      `${where} holds descriptions of SNOMED CT but no sct2_Concept_Snapshot beside them: which are active can't be known; give the whole release`,
    );
  return found;
}
