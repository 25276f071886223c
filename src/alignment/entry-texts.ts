import type { LexiconEntry } from "../terminology/lexicon/lexicon.ts";
import { readMention } from "../text/mention-reading.ts";

/**
 * `plain`: the paper's setting, term and explanation as one text (§3). `strong`: also the term, the explanation and
 * each synonym by themselves, names by their letters, and a probability from all of it.
 */
export const ALIGNMENT_MODES = ["plain", "strong"] as const;
export type AlignmentMode = (typeof ALIGNMENT_MODES)[number];

/** Where in the lexicon a text comes from. */
export const TEXT_FIELDS = ["term and explanation", "term", "synonym", "explanation"] as const;
export type TextField = (typeof TEXT_FIELDS)[number];

/** Whether a text is a name, which a release may have too, and no description. */
export function isName(field: TextField): boolean {
  return field === "term" || field === "synonym";
}

/** A text that an entry asks the encoders with. */
export interface EntryText {
  field: TextField;
  text: string;
}

const MAX_TERM_CHARACTERS = 1000;
const MAX_EXPLANATION_CHARACTERS = 100_000;

// No encoder reads so many tokens; the tokenizer should not either.
const MAX_TEXT_CHARACTERS = 4000;
const MAX_SYNONYMS = 20;

/** What an entry asks with, each text once; the first is always term and explanation together. */
export function textsOf(
  entry: Pick<LexiconEntry, "term" | "explanation" | "synonyms" | "context">,
  mode: AlignmentMode,
): EntryText[] {
  const { explanation, synonyms, context } = entry;
  // What a short form means is said where it stands; the short form itself may be the name of something else.
  const term = context === undefined ? entry.term : readMention(entry.term, context).text;
  const whole: EntryText =
    explanation === undefined
      ? { field: "term", text: cut(term) }
      : { field: "term and explanation", text: cut(`${term} ${explanation}`) };
  if (mode === "plain") return [whole];
  const texts = [whole, { field: "term" as const, text: cut(term) }];
  for (const synonym of synonyms.slice(0, MAX_SYNONYMS))
    texts.push({ field: "synonym", text: cut(synonym.normalize("NFC")) });
  if (explanation !== undefined) texts.push({ field: "explanation", text: cut(explanation) });
  const seen = new Set<string>();
  return texts.filter(({ text }) => !seen.has(text) && seen.add(text));
}

/** Why an entry can't be aligned, or undefined when it can: a cell so long is a quotation mark left open. */
export function tooLong({ term, explanation = "" }: LexiconEntry): string | undefined {
  const over = (what: string, length: number, most: number): string =>
    `${what} of ${length} characters, at most ${most} are taken; is a quotation mark left open?`;
  if (term.length > MAX_TERM_CHARACTERS) return over("term", term.length, MAX_TERM_CHARACTERS);
  if (explanation.length > MAX_EXPLANATION_CHARACTERS)
    return over("explanation", explanation.length, MAX_EXPLANATION_CHARACTERS);
  return undefined;
}

function cut(text: string): string {
  if (text.length <= MAX_TEXT_CHARACTERS) return text;
  // Not through the middle of a character.
  const end = /[\uD800-\uDBFF]/.test(text[MAX_TEXT_CHARACTERS - 1]!)
    ? MAX_TEXT_CHARACTERS - 1
    : MAX_TEXT_CHARACTERS;
  return text.slice(0, end);
}
