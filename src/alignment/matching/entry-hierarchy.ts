import type { LexiconEntry } from "../../terminology/lexicon/lexicon.ts";
import { normalizeText } from "../../text/normalize.ts";

/** Columns of a lexicon that name an entry's broader entries by id, `|` between. */
const PARENT_COLUMNS = /^(parents?|parent[ _]ids?|broader)$/i;
const MIN_LETTERS = 4;

/**
 * For each entry the numbers of its broader entries: those that its column `parents` names, else those whose whole term
 * begins or ends its own (`insuffisance rénale` of `insuffisance rénale aiguë`).
 */
export function broaderEntries(entries: readonly LexiconEntry[]): number[][] {
  const column = Object.keys(entries[0]?.extra ?? {}).find((name) => PARENT_COLUMNS.test(name.trim()));
  if (column === undefined) return byTerms(entries);
  const places = new Map(entries.map(({ id }, i) => [id, i]));
  return entries.map(({ extra }) =>
    (extra[column] ?? "").split("|").flatMap((id) => places.get(id.trim()) ?? []),
  );
}

function byTerms(entries: readonly LexiconEntry[]): number[][] {
  const terms = entries.map(({ term }) => normalizeText(term));
  const places = new Map<string, number>();
  for (const [i, term] of terms.entries()) if (!places.has(term)) places.set(term, i);
  return terms.map((term) => {
    const words = term.split(" ");
    for (let count = words.length - 1; count > 0; count--) {
      const found = [words.slice(0, count), words.slice(-count)]
        .map((part) => part.join(" "))
        .filter((part) => part.length >= MIN_LETTERS)
        .flatMap((part) => places.get(part) ?? []);
      if (found.length > 0) return [...new Set(found)];
    }
    return [];
  });
}
