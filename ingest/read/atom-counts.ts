import type { Atom } from "../../src/terminology/atom.ts";

/** Atoms, in all, by source (SAB) and by language (LAT). */
export interface AtomCounts {
  atoms: number;
  bySab: Record<string, number>;
  byLat: Record<string, number>;
}

export function countAtom(counts: AtomCounts, atom: Atom): void {
  counts.atoms++;
  counts.bySab[atom.sab] = (counts.bySab[atom.sab] ?? 0) + 1;
  counts.byLat[atom.lat] = (counts.byLat[atom.lat] ?? 0) + 1;
}

/** What is left of counts when others are taken away; sources and languages with nothing left are gone. */
export function subtractCounts(from: AtomCounts, taken: AtomCounts): AtomCounts {
  const rest = (all: Record<string, number>, less: Record<string, number>): Record<string, number> =>
    Object.fromEntries(
      Object.entries(all).flatMap(([key, n]) => (n > (less[key] ?? 0) ? [[key, n - (less[key] ?? 0)]] : [])),
    );
  return {
    atoms: from.atoms - taken.atoms,
    bySab: rest(from.bySab, taken.bySab),
    byLat: rest(from.byLat, taken.byLat),
  };
}
