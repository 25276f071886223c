import { explainedAbbreviations } from "./abbreviations.ts";

/** An abbreviation, and what the text in which it stands says that it stands for. */
interface ResolvedAbbreviation {
  short: string;
  long: string;
}

/** How a query is read in the text in which it stands. */
export interface MentionReading {
  /** The query with its abbreviations spelled out; the query itself where the text explains none. */
  text: string;
  abbreviations: ResolvedAbbreviation[];
}

const WORD = /[\p{L}\p{N}][\p{L}\p{N}.\-/]*/gu;

/**
 * Reads a query in its context: abbreviations that the context explains are spelled out, in the plural too (`AVCs`), and where
 * the query itself has both forms, `insuffisance cardiaque (IC)`, the long one stays alone. A short form that the context explains in
 * two ways stays as it is.
 */
export function readMention(query: string, context: string): MentionReading {
  const known = explainedAbbreviations([context]);
  const used = new Map<string, string>();
  let text = query;
  for (const [short, long] of known) {
    const both = [`${long} (${short})`, `${short} (${long})`, `${long} [${short}]`].find((form) =>
      text.includes(form),
    );
    if (both === undefined) continue;
    used.set(short, long);
    text = text.replace(both, long);
  }
  const has = text.toLowerCase();
  text = text.replace(WORD, (word) => {
    const short = known.has(word) ? word : word.replace(/s$/u, "");
    const long = known.get(short);
    if (long === undefined || has.includes(long.toLowerCase())) return word;
    used.set(short, long);
    return long;
  });
  return { text, abbreviations: [...used].map(([short, long]) => ({ short, long })) };
}
