import type { ConceptRecord, ConceptStanding } from "../src/terminology/concept.ts";

/** How well known a concept is, by what its record holds. */
export function standingOf({ atoms, relationCount }: ConceptRecord): ConceptStanding {
  const strings = distinct(atoms.map(({ str }) => str));
  const languages = distinct(atoms.map(({ lat }) => lat));
  return {
    names: inHalves((Math.log2(strings) + Math.log2(languages)) / 2),
    relations: inHalves(Math.log2(1 + relationCount)),
  };
}

/** The mean over all strings of a release, each with all its concepts: what is usual among what a search finds. */
export class UsualStanding {
  #strings = 0;
  #names = 0;
  #relations = 0;

  add({ atoms }: ConceptRecord, { names, relations }: ConceptStanding): void {
    const strings = distinct(atoms.map(({ str }) => str));
    this.#strings += strings;
    this.#names += strings * names;
    this.#relations += strings * relations;
  }

  mean(): ConceptStanding {
    const strings = Math.max(1, this.#strings);
    return { names: this.#names / strings, relations: this.#relations / strings };
  }
}

function distinct(values: readonly string[]): number {
  return new Set(values).size;
}

function inHalves(value: number): number {
  return Math.round(2 * value) / 2;
}
