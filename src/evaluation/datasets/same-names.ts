import type { StringRecord } from "../../terminology/concept.ts";

/** Term types of a concept's preferred names, by which two concepts may be called the same. */
const PREFERRED = new Set(["PT", "MH", "PN"]);
const LANGUAGES = new Set(["ENG", "FRE", ""]);
/** A shorter name is mostly an abbreviation; one that more concepts bear is a general word. */
const LEAST_CHARACTERS = 4;
const MOST_CONCEPTS = 12;

/**
 * For each concept those that bear its very name: a preferred name of the one is, but for case, accents and punctuation, a name of the
 * other, in English or French. Open releases leave apart much that UMLS joins, so such a concept is no wrong answer. Concepts that no
 * other is called like are left out.
 */
export async function sameNames(
  strings: AsyncIterable<StringRecord>,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const bearers = new Map<string, Set<string>>();
  const preferred = new Map<string, Set<string>>();
  for await (const { text, atoms } of strings) {
    const name = foldedName(text);
    if (name.length < LEAST_CHARACTERS) continue;
    for (const { cui, lat, tty } of atoms) {
      if (!LANGUAGES.has(lat)) continue;
      const key = `${lat} ${name}`;
      added(bearers, key, cui);
      if (PREFERRED.has(tty)) added(preferred, key, cui);
    }
  }
  const same = new Map<string, Set<string>>();
  for (const [key, ones] of preferred) {
    const all = bearers.get(key)!;
    if (all.size < 2 || all.size > MOST_CONCEPTS) continue;
    for (const one of ones)
      for (const other of all)
        if (other !== one) {
          added(same, one, other);
          added(same, other, one);
        }
  }
  return same;
}

/** The concepts that answer a query, and those that bear the very name of one of them. */
export function withSameNames(
  cuis: ReadonlySet<string>,
  same: ReadonlyMap<string, ReadonlySet<string>>,
): ReadonlySet<string> {
  return new Set([...cuis].flatMap((cui) => [cui, ...(same.get(cui) ?? [])]));
}

/** Lower case, without accents, its runs of Latin letters and digits with a space between. */
function foldedName(text: string): string {
  const plain = text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "");
  return (plain.match(/[a-z0-9]+/g) ?? []).join(" ");
}

function added(sets: Map<string, Set<string>>, key: string, value: string): void {
  const set = sets.get(key);
  if (set) set.add(value);
  else sets.set(key, new Set([value]));
}
