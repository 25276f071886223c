import type { Atom } from "../../src/terminology/atom.ts";

/** MRRANK: how preferred names of a source and term type are; higher is preferred. */
export class NameRanking {
  readonly #ranks = new Map<string, number>();

  add(sab: string, tty: string, rank: number): void {
    this.#ranks.set(`${sab}|${tty}`, rank);
  }

  get entries(): [string, number][] {
    return [...this.#ranks];
  }

  static from(entries: readonly [string, number][]): NameRanking {
    const ranking = new NameRanking();
    for (const [key, rank] of entries) ranking.#ranks.set(key, rank);
    return ranking;
  }

  /**
   * Orders atoms of one concept and language, best name first: not suppressed, then MRRANK, then TS, STT and ISPREF
   * as UMLS chooses a concept's name; ties by AUI.
   */
  compare(a: Atom, b: Atom): number {
    return (
      Number(b.suppress === "N") - Number(a.suppress === "N") ||
      this.#rank(b) - this.#rank(a) ||
      Number(b.ts === "P") - Number(a.ts === "P") ||
      Number(b.stt === "PF") - Number(a.stt === "PF") ||
      Number(b.isPref) - Number(a.isPref) ||
      (a.aui < b.aui ? -1 : a.aui > b.aui ? 1 : 0)
    );
  }

  #rank(atom: Atom): number {
    return this.#ranks.get(`${atom.sab}|${atom.tty}`) ?? 0;
  }
}

/** The best name of each language. */
export function namesByLanguage(atoms: readonly Atom[], ranking: NameRanking): Record<string, string> {
  const best = new Map<string, Atom>();
  for (const atom of atoms) {
    const before = best.get(atom.lat);
    if (!before || ranking.compare(atom, before) < 0) best.set(atom.lat, atom);
  }
  return Object.fromEntries(
    [...best.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([lat, atom]) => [lat, atom.str]),
  );
}

/** The concept's name: English where there is one, else the best of any language. */
export function preferredName(atoms: readonly Atom[], ranking: NameRanking): string {
  const english = atoms.filter((atom) => atom.lat === "ENG" && atom.suppress === "N");
  const candidates = english.length > 0 ? english : atoms;
  return candidates.reduce((best, atom) => (ranking.compare(atom, best) < 0 ? atom : best)).str;
}
