import { stemmer as dutch } from "@orama/stemmers/dutch";
import { stemmer as english } from "@orama/stemmers/english";
import { stemmer as french } from "@orama/stemmers/french";
import { stemmer as german } from "@orama/stemmers/german";
import { stemmer as italian } from "@orama/stemmers/italian";
import { stemmer as portuguese } from "@orama/stemmers/portuguese";
import { stemmer as spanish } from "@orama/stemmers/spanish";

/** Snowball's stemmers, by ISO 639-1. */
const STEMMERS: Readonly<Record<string, (word: string) => string>> = {
  de: german,
  en: english,
  es: spanish,
  fr: french,
  it: italian,
  nl: dutch,
  pt: portuguese,
};

const MIN_LETTERS = 4;

/** A lower-case word in the form that its inflections share; as it is where the language has no rules here. */
export function stem(word: string, lang: string): string {
  // Numbers, codes and abbreviations have no inflections.
  if (word.length < MIN_LETTERS || /\p{N}/u.test(word)) return word;
  return STEMMERS[lang]?.(word) ?? word;
}
