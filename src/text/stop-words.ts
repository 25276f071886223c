import { ces, deu, eng, fra, ita, nld, pol, por, spa } from "stopword";

/** By ISO 639-1: lists of the package `stopword`. */
const LISTS: Readonly<Record<string, readonly string[]>> = {
  cs: ces,
  de: deu,
  en: eng,
  es: spa,
  fr: fra,
  it: ita,
  nl: nld,
  pl: pol,
  pt: por,
};

/** What changes a meaning stays, though the lists have it: a name without its negation names something else. */
const KEPT = new Set([
  "no",
  "not",
  "nor",
  "without",
  "non",
  "pas",
  "sans",
  "ni",
  "aucun",
  "aucune",
  "sin",
  "nicht",
  "kein",
  "keine",
  "ohne",
  "niet",
  "geen",
  "zonder",
  "senza",
  "não",
  "sem",
  "nie",
  "bez",
]);

const SETS = new Map(
  Object.entries(LISTS).map(([lang, words]) => [lang, new Set(words.filter((word) => !KEPT.has(word)))]),
);
const NONE: ReadonlySet<string> = new Set();

/** Stopwords of a language (ISO 639-1), lower case, negations left out; none where there is no list. */
export function stopWords(lang: string): ReadonlySet<string> {
  return SETS.get(lang) ?? NONE;
}
