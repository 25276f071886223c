/** Long forms by short form, as written. */
export type Abbreviations = ReadonlyMap<string, string>;

/** `long form (SF)`, and `SF (long form)`. */
const BRACKETS = /([^()[\]]{2,120})\s*[([]([^()[\]]{2,80})[)\]]/gu;
const SHORT = /^[\p{L}\p{N}][\p{L}\p{N}.\-/]{1,9}$/u;

/**
 * Abbreviations that texts explain themselves (Schwartz and Hearst 2003): a short form in brackets after its long form, or the
 * other way round, whose letters all come in the long form, in order, the first at the beginning of a word. A short form with two
 * long forms is left out.
 */
export function explainedAbbreviations(texts: Iterable<string>): Map<string, string> {
  const found = new Map<string, string>();
  const unclear = new Set<string>();
  for (const text of texts) {
    for (const [, before, inside] of text.matchAll(BRACKETS)) {
      const [short, long] = isShort(inside!)
        ? [inside!, before!]
        : [before!.trim().split(/\s+/u).at(-1)!, inside!];
      const form = isShort(short) ? longForm(short.trim(), long.trim()) : undefined;
      if (form === undefined) continue;
      const known = found.get(short.trim());
      if (known !== undefined && known.toLowerCase() !== form.toLowerCase()) unclear.add(short.trim());
      found.set(short.trim(), known ?? form);
    }
  }
  for (const short of unclear) found.delete(short);
  return found;
}

/** A text with its abbreviations spelled out, where they stand as words of their own. */
export function expandAbbreviations(text: string, abbreviations: Abbreviations): string {
  if (abbreviations.size === 0) return text;
  return text.replace(/[\p{L}\p{N}][\p{L}\p{N}.\-/]*/gu, (word) => abbreviations.get(word) ?? word);
}

function isShort(text: string): boolean {
  const trimmed = text.trim();
  // A short form has a capital or a digit; a word in brackets mostly has not.
  return (
    SHORT.test(trimmed) &&
    /[\p{Lu}\p{N}]/u.test(trimmed) &&
    trimmed.replace(/[^\p{Lu}\p{N}]/gu, "").length >= 2
  );
}

/** The shortest end of `before` that spells the short form; the whole of it where the long form stands in the brackets. */
function longForm(short: string, before: string): string | undefined {
  const letters = [...short.toLowerCase()].filter((sign) => /[\p{L}\p{N}]/u.test(sign));
  const lower = before.toLowerCase();
  let at = lower.length;
  for (let i = letters.length - 1; i >= 0; i--) {
    at = lower.lastIndexOf(letters[i]!, at - 1);
    while (i === 0 && at > 0 && /[\p{L}\p{N}]/u.test(lower[at - 1]!))
      at = lower.lastIndexOf(letters[0]!, at - 1);
    if (at < 0) return undefined;
    if (at === 0 && i > 0) return undefined;
  }
  const long = before.slice(at).trim();
  const words = long.split(/\s+/u).length;
  const isLonger = long.length > short.length && words <= Math.min(letters.length + 5, letters.length * 2);
  return isLonger && long.toLowerCase() !== short.toLowerCase() ? long : undefined;
}
