import type { KeptAtom } from "../../src/terminology/concept.ts";
import { compareAtoms, type NamedAtom, type SourceCode } from "../terms/term-store.ts";
import type { UtsAddresses } from "./uts-answer.ts";
import type { UtsAtom, UtsCluster } from "./uts-schemas.ts";

export interface AtomChoice {
  sabs?: readonly string[] | undefined;
  ttys?: readonly string[] | undefined;
  language?: readonly string[] | undefined;
  includeObsolete: boolean;
  includeSuppressible: boolean;
}

/** Whether an atom is wanted: its SUPPRESS is O for obsolete ones, E or Y for others that are suppressed. */
export function isWanted(atom: KeptAtom, choice: AtomChoice): boolean {
  const among = (values: readonly string[] | undefined, value: string): boolean =>
    !values?.length || values.includes(value);
  return (
    among(choice.sabs, atom.sab) &&
    among(choice.ttys, atom.tty) &&
    among(choice.language, atom.lat) &&
    (choice.includeObsolete || atom.suppress !== "O") &&
    (choice.includeSuppressible || (atom.suppress !== "E" && atom.suppress !== "Y"))
  );
}

/** Atoms as UTS shows them, best first. */
export function utsAtoms(atoms: readonly NamedAtom[], at: UtsAddresses): UtsAtom[] {
  return [...atoms].sort(compareAtoms).map((atom) => utsAtom(atom, at));
}

function utsAtom({ aui, cui, sab, tty, lat, code, suppress, str }: NamedAtom, at: UtsAddresses): UtsAtom {
  const place = code === "" ? "NONE" : at.code(sab, code);
  const under = (name: string): string => (code === "" ? "NONE" : `${place}/${name}`);
  return {
    classType: "Atom",
    ui: aui,
    suppressible: suppress === "E" || suppress === "Y",
    obsolete: suppress === "O",
    rootSource: sab,
    termType: tty,
    code: place,
    concept: at.concept(cui),
    sourceConcept: "NONE",
    sourceDescriptor: "NONE",
    attributes: "NONE",
    parents: under("parents"),
    children: under("children"),
    ancestors: under("ancestors"),
    descendants: under("descendants"),
    relations: "NONE",
    definitions: `${at.concept(cui)}/definitions`,
    contentViewMemberships: [],
    name: str,
    language: lat,
  };
}

/** A code of a source as UTS shows it. */
export function utsCluster({ sab, code, atoms, cuis }: SourceCode, at: UtsAddresses): UtsCluster {
  const place = at.code(sab, code);
  return {
    classType: "SourceAtomCluster",
    ui: code,
    suppressible: atoms.every(({ suppress }) => suppress === "E" || suppress === "Y"),
    obsolete: atoms.every(({ suppress }) => suppress === "O"),
    rootSource: sab,
    atomCount: atoms.length,
    cVMemberCount: 0,
    attributes: "NONE",
    atoms: `${place}/atoms`,
    parents: `${place}/parents`,
    children: `${place}/children`,
    ancestors: `${place}/ancestors`,
    descendants: `${place}/descendants`,
    relations: "NONE",
    definitions: "NONE",
    concepts: cuis.map((cui) => at.concept(cui)),
    name: atoms[0]!.str,
  };
}
