import { displayName } from "../../src/retrieval/rank/display-names.ts";
import type { ConceptRecord } from "../../src/terminology/concept.ts";
import { isoOf, latOf } from "../../src/terminology/languages.ts";
import { isSameName } from "../../src/text/meaning/same-name.ts";
import type { ReleaseRecord } from "../../src/vector-store/release-record.ts";
import { HttpProblem } from "../problems/http-problem.ts";
import { compareAtoms, type NamedAtom, type TermStore } from "../terms/term-store.ts";
import { type FhirSystem, systemsOf } from "./fhir-systems.ts";

/** A code of a system, with what the release says of it. */
export interface FhirConcept {
  system: FhirSystem;
  code: string;
  display: string;
  definition?: string;
  /** Names, each once per language. */
  designations: { language?: string; value: string }[];
  inactive: boolean;
  /** Concepts (CUI) that the code stands for: itself, in the system of concepts. */
  concepts: ConceptRecord[];
}

/** Finds codes by system and code. */
export class FhirConcepts {
  readonly terms: TermStore;

  constructor(terms: TermStore) {
    this.terms = terms;
  }

  async systems(): Promise<FhirSystem[]> {
    return systemsOf(await this.terms.release());
  }

  /** Errors: `not-found` for a system, or a version of it, that is not served. */
  async system(url: string, version?: string): Promise<FhirSystem> {
    const found = (await this.systems()).find((system) => system.url === url || system.url === `${url}/`);
    if (!found) throw new HttpProblem("not-found", "this code system is not served here; see CodeSystem");
    if (version !== undefined && version !== found.version)
      throw new HttpProblem("not-found", `this version is not served; ${found.version} is`);
    return found;
  }

  async find(system: FhirSystem, code: string, lats: readonly string[]): Promise<FhirConcept | undefined> {
    const release = await this.terms.release();
    if (system.sab === undefined) {
      const concept = await this.terms.concept(release, code);
      return concept && fromConcept(system, concept, lats);
    }
    const found = await this.terms.code(release, system.sab, code);
    if (!found) return undefined;
    return fromAtoms(system, found.code, found.atoms, await this.terms.concepts(release, found.cuis), lats);
  }

  /** Errors: `unknown-code`. */
  async findOrThrow(system: FhirSystem, code: string, lats: readonly string[]): Promise<FhirConcept> {
    const found = await this.find(system, code, lats);
    if (found) return found;
    throw new HttpProblem("unknown-code", "the code system has no such code");
  }

  /** Codes of one system with their names; those that are not there are left out. */
  async details(
    system: FhirSystem,
    codes: readonly { code: string; cuis: readonly string[] }[],
    lats: readonly string[],
  ): Promise<FhirConcept[]> {
    const release: ReleaseRecord = await this.terms.release();
    const concepts = await this.terms.concepts(release, [...new Set(codes.flatMap(({ cuis }) => cuis))]);
    const byCui = new Map(concepts.map((concept) => [concept.cui, concept]));
    return codes.flatMap(({ code, cuis }) => {
      const own = cuis.flatMap((cui) => byCui.get(cui) ?? []);
      if (own.length === 0) return [];
      if (system.sab === undefined) return [fromConcept(system, own[0]!, lats)];
      const atoms = own.flatMap((concept) =>
        concept.atoms.filter((atom) => atom.sab === system.sab && atom.code === code),
      );
      return atoms.length === 0 ? [] : [fromAtoms(system, code, atoms, own, lats)];
    });
  }
}

/** Languages of `displayLanguage` or `Accept-Language`, as LAT; those that are not known are left out. */
export function latsOf(tags: string | undefined): string[] {
  const found = (tags ?? "").split(",").flatMap((tag) => latOf(tag.replace(/;.*$/, "")) ?? []);
  return [...new Set(found)];
}

/** Whether a text is one of the code's names, but for its writing: not where a sign, a number or a negation differs. */
export function isNamed({ designations, display }: FhirConcept, text: string): boolean {
  const names = [{ value: display, language: undefined }, ...designations];
  return names.some(({ value, language }) => {
    const lat = language === undefined ? undefined : latOf(language);
    return isSameName(text, value, lat === undefined ? [] : [lat]);
  });
}

function fromConcept(system: FhirSystem, concept: ConceptRecord, lats: readonly string[]): FhirConcept {
  const display = displayName(concept, lats).text;
  return made(system, concept.cui, display, concept.atoms, [concept]);
}

function fromAtoms(
  system: FhirSystem,
  code: string,
  atoms: readonly NamedAtom[],
  concepts: readonly ConceptRecord[],
  lats: readonly string[],
): FhirConcept {
  const ordered = [...atoms].sort(compareAtoms);
  const inLanguage = lats.flatMap((lat) => ordered.find((atom) => atom.lat === lat) ?? []);
  const ofConcept = lats.flatMap((lat) => concepts[0]?.names[lat] ?? []);
  const display = inLanguage[0]?.str ?? ofConcept[0] ?? ordered[0]!.str;
  return made(system, code, display, ordered, concepts);
}

function made(
  system: FhirSystem,
  code: string,
  display: string,
  atoms: readonly NamedAtom[],
  concepts: readonly ConceptRecord[],
): FhirConcept {
  const names = new Map<string, { language?: string; value: string }>();
  for (const { lat, str } of [...atoms].sort(compareAtoms)) {
    const language = isoOf(lat);
    names.set(JSON.stringify([lat, str]), { ...(language ? { language } : {}), value: str });
  }
  const definition = concepts.flatMap((concept) => concept.definitions)[0]?.text;
  return {
    system,
    code,
    display,
    ...(definition === undefined ? {} : { definition }),
    designations: [...names.values()],
    inactive: atoms.every(({ suppress }) => suppress !== "N"),
    concepts: [...concepts],
  };
}
