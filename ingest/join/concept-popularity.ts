import type { ConceptRecord, ConceptStanding } from "../../src/terminology/concept.ts";

/** How well each concept is known, by what its record holds, and what is usual among the concepts looked at so far. */
export class ConceptStandings {
  #strings = 0;
  #names = 0;
  #relations = 0;

  of({ atoms, relationCount }: ConceptRecord): ConceptStanding {
    const strings = new Set(atoms.map(({ str }) => str)).size;
    const languages = new Set(atoms.map(({ lat }) => lat)).size;
    const names = inHalves((Math.log2(strings) + Math.log2(languages)) / 2);
    const relations = inHalves(Math.log2(1 + relationCount));
    this.#strings += strings;
    this.#names += strings * names;
    this.#relations += strings * relations;
    return { names, relations };
  }

  /** The mean over all strings, each with all its concepts: what is usual among what a search finds. */
  usual(): ConceptStanding {
    const strings = Math.max(1, this.#strings);
    return { names: this.#names / strings, relations: this.#relations / strings };
  }
}

function inHalves(value: number): number {
  return Math.round(2 * value) / 2;
}
