/** Long forms by short form, as written. */
export type Abbreviations = ReadonlyMap<string, string>;

/** What stands in brackets; a sign that no bracket is can't begin it, so that a long text is read once. */
const BRACKETS = /[([]([^()[\]]{2,80})[)\]]/gu;
/** Characters before a bracket in which the long form is looked for. */
const BEFORE = 120;
const SHORT = /^[\p{L}\p{N}][\p{L}\p{N}.\-/]{1,9}$/u;
/** Within brackets, what ends the short form: `(HNPCC; Lynch syndrome)`, `(AVC ou attaque)`. */
const AFTER_SHORT = /\s*[;,:=]|\s+(?:or|and|ou|et)\s/u;
/** Words that a short form has no letter for, in English and French; elided ones are cut off by `WORDS`. */
const SMALL = new Set(
  "a an and by for from in of on or the to with au aux de des du en et la le les ou par sur".split(" "),
);
const WORDS = /[\p{L}\p{N}]+/gu;

/**
 * Abbreviations that texts explain themselves (Schwartz and Hearst 2003): a short form in brackets after its long form, or the
 * other way round, whose letters all come in the long form, in order, the first at the beginning of a word; accents don't count, since
 * French leaves them out (`ÉCG`, `ECG`). Else the words before it that begin with the letters in another order: `myotonic dystrophy
 * (DM)`. A short form with two long forms is left out.
 */
export function explainedAbbreviations(texts: Iterable<string>): Map<string, string> {
  const found = new Map<string, string>();
  const unclear = new Set<string>();
  for (const text of texts) {
    let from = 0;
    for (const { 0: bracket, 1: inside, index } of text.matchAll(BRACKETS)) {
      const before = text
        .slice(Math.max(from, index - BEFORE), index)
        .split(/[()[\]]/u)
        .at(-1);
      from = index + bracket.length;
      const head = inside!.split(AFTER_SHORT)[0]!;
      const [short, long] = isShort(head)
        ? [head.trim(), before!.trim()]
        : [
            before!
              .trim()
              .split(/[\s'’]+/u)
              .at(-1)!,
            inside!.trim(),
          ];
      const form = isShort(short) ? shorter(longForm(short, long), otherOrder(short, long)) : undefined;
      if (form === undefined) continue;
      const known = found.get(short);
      if (known !== undefined && folded(known) !== folded(form)) unclear.add(short);
      found.set(short, known ?? form);
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
  const letters = lettersOf(short);
  const lower = folded(before);
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
  // "tomographie par émission de positrons (PET)" is no "par émission …".
  const begins = SMALL.has(folded(long.match(WORDS)?.[0] ?? ""));
  return isLonger && !begins && long.toLowerCase() !== short.toLowerCase() ? long : undefined;
}

/** Of "dystrophies, and myotonic dystrophy (DM)" the words whose initials are just these. */
function shorter(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return b.length < a.length ? b : a;
}

/** The last words, as many as the short form has letters, that begin with these letters in another order; small words between them are kept. */
function otherOrder(short: string, before: string): string | undefined {
  const letters = lettersOf(short).sort();
  if (letters.length > 6) return undefined;
  const lower = folded(before);
  const words = [...lower.matchAll(WORDS)].filter(([word]) => word.length > 1 && !SMALL.has(word));
  const last = words.slice(-letters.length);
  const initials = last.map(([word]) => word[0]!).sort();
  return initials.join() === letters.join() ? before.slice(last[0]!.index).trim() : undefined;
}

function lettersOf(short: string): string[] {
  return [...folded(short)].filter((sign) => /[\p{L}\p{N}]/u.test(sign));
}

/** In lower case and without accents, sign by sign, so that places stay the same. */
function folded(text: string): string {
  return Array.from({ length: text.length }, (_, i) => {
    const sign = text[i]!.normalize("NFD")[0]!.toLowerCase();
    return sign.length === 1 ? sign : text[i]!;
  }).join("");
}
