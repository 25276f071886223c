type Rule = (word: string) => string;

// A word of four letters that ends in s is as often an abbreviation (AIDS) as a plural.
const MIN_LETTERS = 5;

const RULES: Readonly<Record<string, Rule>> = { ENG: english, FRE: french, SPA: spanish, POR: portuguese };

/**
 * A normalized word in a form that its plural shares. It need not be a word: both sides of a comparison go through the
 * same rules, so all that matters is that forms of one word meet. Other languages than English, French, Spanish and
 * Portuguese keep their words.
 */
export function singular(word: string, lat: string): string {
  const rule = RULES[lat];
  const short = word.length < MIN_LETTERS && !(lat === "FRE" && word.endsWith("aux"));
  return rule && !short && !/\p{N}/u.test(word) ? rule(word) : word;
}

function english(word: string): string {
  if (word.endsWith("ies")) return `${word.slice(0, -3)}y`;
  // metastasis and metastases meet diseases and disease here, each with its own plural.
  if (/[aeoy]s(?:is|es|e)$/.test(word)) return word.replace(/(?:is|es|e)$/, "");
  if (/(?:ss|sh|ch|x|z)es$/.test(word)) return word.slice(0, -2);
  if (word.endsWith("ae")) return word.slice(0, -1);
  return word.endsWith("s") && !word.endsWith("ss") ? word.slice(0, -1) : word;
}

function french(word: string): string {
  if (word.endsWith("eaux")) return word.slice(0, -1);
  if (word.endsWith("aux")) return `${word.slice(0, -3)}al`;
  return /[sx]$/.test(word) ? word.slice(0, -1) : word;
}

function spanish(word: string): string {
  if (word.endsWith("ces")) return `${word.slice(0, -3)}z`;
  if (/[lrndj]es$/.test(word)) return word.slice(0, -2);
  return word.endsWith("s") ? word.slice(0, -1) : word;
}

function portuguese(word: string): string {
  if (/[ao]es$/.test(word)) return `${word.slice(0, -3)}ao`;
  if (word.endsWith("ns")) return `${word.slice(0, -2)}m`;
  if (/[aeo]is$/.test(word)) return `${word.slice(0, -2)}l`;
  if (/[rz]es$/.test(word)) return word.slice(0, -2);
  return word.endsWith("s") ? word.slice(0, -1) : word;
}
