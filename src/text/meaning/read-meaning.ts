import { functionWords, isFunctionWord } from "../function-words.ts";
import { negationLanguages } from "./negations.ts";
import { oppositeOf } from "./opposites.ts";
import {
  ANY_LETTER_WORD,
  GREEK,
  GREEK_NAMES,
  HEADS,
  isPlain,
  LETTER_HEADS,
  LETTER_WORDS,
  LIGATURES,
  NUMBER,
  PIECES,
  prepared,
  UNIT,
} from "./patterns.ts";
import { numberReadings, type Quantity, romanValue, unitOf, wordValue } from "./quantities.ts";
import { spellingKey } from "./spelling.ts";

/** What a token of a text is. */
type TokenKind =
  | "word"
  | "negation"
  | "comparison"
  | "sign"
  | "number"
  | "range"
  | "ratio"
  | "opposite"
  | "letter"
  | "mark";

/** A piece of a text that says something. */
export interface MeaningToken {
  kind: TokenKind;
  /** As it was written. */
  text: string;
  /** What it is compared by: a folded word, `<`, `+`, a letter, a mark without its hyphens, the value of an opposite. */
  key: string;
  /** Folded content word or mark that it stands behind, if any: what a number or a sign belongs to. */
  head?: string;
  /** Of numbers, ranges (two) and ratios. */
  quantities?: readonly Quantity[];
  /** Of opposites: what they say it of. */
  axis?: string;
  /** Of marks: the mark with its digits left out, so that `CD4` and `CD8` are of one kind. */
  family?: string;
  /** Of negations: LAT of the languages in which the word denies. */
  lats?: readonly string[];
  /** Of a letter that may also be a Roman numeral: its value. */
  roman?: number;
}

/** What a text says, read once and compared often. */
export interface Meaning {
  tokens: readonly MeaningToken[];
  /** Folded content words, in their order; heads of numbers such as `type` apart. */
  words: readonly string[];
  /** `spellingKey` of each word. */
  keys: readonly string[];
}

/** A word in small letters without accents and ligatures. */
export function foldWord(word: string): string {
  if (!/[^ -~]/.test(word)) return word.toLowerCase();
  return word
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase()
    .replace(/[œæßøłđ]/g, (letter) => LIGATURES[letter]!);
}

/**
 * Reads what a text says. `lat` is its language, where it is known: it decides of the decimal comma, of letters that are words
 * (`a`, `y`) and of words that deny in another language. `near` is the language of what it is compared with, which it is likely to
 * be in where its own is not known.
 */
export function readMeaning(text: string, lat?: string, near?: string): Meaning {
  return new Reader(prepared(text), lat, near).read();
}

class Reader {
  readonly #text: string;
  readonly #lat: string | undefined;
  readonly #near: string | undefined;
  readonly #tokens: MeaningToken[] = [];
  readonly #words: string[] = [];
  /** Whether capitals say something: not in a text of capitals alone. */
  readonly #cased: boolean;
  #head: string | undefined;

  constructor(text: string, lat: string | undefined, near: string | undefined) {
    this.#text = text;
    this.#lat = lat;
    this.#near = lat ?? near;
    this.#cased = /\p{Ll}/u.test(text);
  }

  read(): Meaning {
    if (isPlain(this.#text)) {
      for (const { 0: word, index } of this.#text.matchAll(/\p{L}+/gu)) this.#oneWord(word, index, word);
      return this.#meaning();
    }
    let skipTo = 0;
    for (const match of this.#text.matchAll(PIECES)) {
      if (match.index < skipTo) continue;
      skipTo = match.index + this.#piece(match[0], match.index, match.groups!);
    }
    return this.#meaning();
  }

  #meaning(): Meaning {
    return { tokens: this.#tokens, words: this.#words, keys: this.#words.map(spellingKey) };
  }

  /** Takes a piece in, and gives how many characters belong to it: a number takes its unit along. */
  #piece(piece: string, at: number, groups: Record<string, string | undefined>): number {
    if (groups["karyotype"] !== undefined)
      this.#mark(piece, piece.replace(/\s/g, "").toLowerCase(), "karyotype");
    else if (groups["bands"] !== undefined) this.#mark(piece, piece.toLowerCase(), "band");
    else if (groups["range"] !== undefined) this.#range(piece);
    else if (groups["ratio"] !== undefined) this.#ratio(piece);
    else if (groups["number"] !== undefined) return this.#number(piece, at);
    else if (groups["dotted"] !== undefined) this.#word(piece.replace(/[.\s]/g, ""), at, piece);
    else if (groups["comparison"] !== undefined) this.#add({ kind: "comparison", text: piece, key: piece });
    else if (groups["sign"] !== undefined) this.#sign(piece, at);
    else this.#word(piece, at, piece);
    return piece.length;
  }

  #add(token: MeaningToken): void {
    this.#tokens.push(this.#head === undefined ? token : { ...token, head: this.#head });
  }

  /** `CD4` and `CD8` are of one family, `3a` and `3b` too. */
  #mark(text: string, key: string, family = key.replace(/^\d+[a-z]$/, "#a").replace(/\d+/g, "#")): void {
    this.#add({ kind: "mark", text, key, family });
    this.#head = key;
  }

  #number(piece: string, at: number): number {
    const bare = piece.replace(/(?<=\d)\p{L}+$|[º ª°]$/u, "");
    const values = numberReadings(bare.replace(/[.,]+$/, ""), this.#near);
    const before = this.#text.slice(Math.max(0, at - 2), at);
    const negative = /(?:^|[\s(<>≤≥=])[-−]$/.test(before) && values.length > 0;
    const isMinus = negative && this.#tokens.at(-1)?.kind === "sign";
    if (isMinus) this.#tokens.pop();
    const rest = this.#text.slice(at + piece.length);
    const [taken, unit] = unitBehind(rest, piece);
    const quantity: Quantity = { values: isMinus ? values.map((value) => -value) : values, ...unit };
    if (values.length === 0) this.#add({ kind: "mark", text: piece, key: piece, family: "#" });
    else this.#add({ kind: "number", text: piece + rest.slice(0, taken), key: bare, quantities: [quantity] });
    return piece.length + taken;
  }

  #range(piece: string): void {
    const ends = [...piece.matchAll(new RegExp(NUMBER, "gu"))].slice(0, 2);
    const last = ends[1]!;
    const unit = unitBehind(piece.slice(last.index + last[0].length), "")[1];
    const quantities = ends.map(([number]) => ({ values: numberReadings(number, this.#near), ...unit }));
    this.#add({ kind: "range", text: piece, key: piece.replace(/\s/g, ""), quantities });
  }

  #ratio(piece: string): void {
    const quantities = piece
      .split(/[:/]/)
      .map((number) => ({ values: numberReadings(number.trim(), this.#near) }));
    this.#add({ kind: "ratio", text: piece, key: piece.replace(/\s/g, "").replace(":", "/"), quantities });
  }

  /** A sign behind a name or alone; hyphens and dashes between words are none. */
  #sign(piece: string, at: number): void {
    const before = this.#text[at - 1] ?? " ";
    const after = this.#text[at + 1] ?? " ";
    const ends = /[\s)\]/,;:]/.test(after);
    const isBetween = /\s/.test(before) && /\s/.test(after) && at + 1 < this.#text.trimEnd().length;
    // `A + B` joins two names, but `CD4 + T cells` are the cells that have CD4.
    if (
      isBetween &&
      !(
        piece === "+" &&
        this.#tokens.at(-1)?.kind === "mark" &&
        /^\s+\p{L}+(?![\p{L}\d-])/u.test(this.#text.slice(at + 1))
      )
    )
      return;
    const isAlone = /[\s(["]/.test(before) && ends;
    const isMinus = piece === "-" || piece === "−";
    if (isMinus) {
      const word = /[\p{L}\p{N})\]]+$/u.exec(this.#text.slice(0, at))?.[0] ?? "";
      const isName =
        /[\p{N})\]]/u.test(word) ||
        /\p{Lu}[^\p{Ll}]*$/u.test(word) ||
        /^\p{Lu}\p{Ll}$|^\p{Ll}\p{Lu}/u.test(word) ||
        /\p{Ll}\p{Lu}/u.test(word);
      // `hypo- and hyperthyroidism`: the hyphen stands for the rest of the word.
      if (!isAlone && !(ends && word !== "" && isName && this.#cased) && !(ends && /[\d)\]]$/.test(word)))
        return;
    } else if (
      !ends &&
      !/[\s([]/.test(before) &&
      /[\p{L}\p{N}]/u.test(before) &&
      /\p{L}/u.test(after) &&
      piece !== "±"
    ) {
      // `Na+K`: a sign between two names belongs to the first.
    }
    const key = isMinus ? "negative" : piece === "+" ? "positive" : piece;
    this.#opposite(piece, key);
  }

  /** Signs and `positive`, `negative` say the same of what they stand behind. */
  #opposite(text: string, key: string): void {
    this.#add({ kind: "sign", text, key });
  }

  #word(piece: string, at: number, text: string): void {
    for (const part of this.#parts(piece))
      this.#oneWord(part, at + Math.max(0, piece.indexOf(part)), text === piece ? part : text);
  }

  /** `type-2` is two words, `IL-6` one mark. */
  #parts(piece: string): string[] {
    const hyphen = piece.indexOf("-");
    if (hyphen < 0) return [piece];
    const [word, rest] = [piece.slice(0, hyphen), piece.slice(hyphen + 1)];
    const isMark =
      word.length <= 4 &&
      !HEADS.has(foldWord(word)) &&
      (word.toUpperCase() === word || word.length <= 2 || /\d/.test(word));
    return isMark ? [piece.replaceAll("-", "")] : [word, ...rest.split("-")];
  }

  #oneWord(piece: string, at: number, text: string): void {
    const folded = foldWord(piece);
    const greek = [...folded].length === 1 ? GREEK[folded] : undefined;
    if (greek !== undefined || GREEK_NAMES.has(folded)) {
      this.#add({ kind: "letter", text, key: greek ?? folded });
      return;
    }
    if (/\p{N}/u.test(folded)) this.#mixed(folded, text);
    else if (folded.length === 1) this.#letter(piece, folded, at);
    else this.#plain(piece, folded, text, at);
  }

  /** Letters and digits in one: `2b` behind `type`, `IIIa`; else a mark: `CD4`, `HbA1c`. */
  #mixed(folded: string, text: string): void {
    const greekless = folded.replace(/[α-ω]/gu, (letter) => (GREEK[letter] ?? letter)[0]!);
    const digits = /^(\d+)$/.exec(greekless);
    if (digits)
      this.#add({ kind: "number", text, key: greekless, quantities: [{ values: [Number(greekless)] }] });
    else this.#mark(text, greekless);
  }

  #letter(piece: string, folded: string, at: number): void {
    const before = this.#text[at - 1] ?? "";
    const after = this.#text[at + 1] ?? "";
    // What an apostrophe has left of a word: `l'artère`, `Alzheimer's`.
    if (/['’´`ʼ]/.test(after) || (/['’´`ʼ]/.test(before) && folded === "s")) return;
    // `d un attachement` has lost its apostrophe; `E. coli` and `M. sphincter` are words cut short.
    const rest = this.#text.slice(at + 1);
    const isElided = this.#near === "FRE" && /^[dl]$/.test(piece) && /^\s[aeiouyhàâéèêëîïôûœ]/iu.test(rest);
    if (/^\.\s?\p{Ll}/u.test(rest) || (isElided && !LETTER_HEADS.has(this.#head ?? ""))) return;
    const isSmall = piece === piece.toLowerCase() || !this.#cased;
    const head = this.#head ?? "";
    const isNamed = HEADS.has(head) || LETTER_HEADS.has(head);
    const isMiddle = /^\s+[\p{L}\p{N}]/u.test(this.#text.slice(at + 1));
    const isFirst = this.#tokens.length === 0 && this.#words.length === 0;
    const own =
      this.#lat === undefined ? ANY_LETTER_WORD : new Set((LETTER_WORDS[this.#lat] ?? "").split(" "));
    const accented = piece.normalize("NFD").length > 1;
    const isWord =
      own.has(folded) &&
      isMiddle &&
      !isNamed &&
      (isSmall || (isFirst && folded === "a" && /^\s\p{Ll}/u.test(this.#text.slice(at + 1))));
    if (accented || isWord) return;
    if (folded === "s" && isSmall && !isNamed && isMiddle && !/[-(]/.test(before)) return;
    const roman = romanValue(folded);
    this.#add({ kind: "letter", text: piece, key: folded, ...(roman === undefined ? {} : { roman }) });
  }

  #plain(piece: string, folded: string, text: string, at: number): void {
    const isCapital = this.#cased && piece === piece.toUpperCase();
    const named = this.#head !== undefined && HEADS.has(this.#head);
    const letters = /^([ivx]+)([a-d])$/.exec(folded);
    const roman = romanValue(folded);
    if (
      roman !== undefined &&
      (folded !== "xx" || named) &&
      (named || isCapital || !this.#cased || folded.length > 2 || LETTER_HEADS.has(this.#head ?? ""))
    ) {
      this.#add({ kind: "number", text: piece, key: folded, quantities: [{ values: [roman] }] });
      return;
    }
    if (letters && (named || isCapital) && romanValue(letters[1]!) !== undefined) {
      this.#mark(text, `${romanValue(letters[1]!)}${letters[2]}`);
      return;
    }
    const denied = /^(?:non(?!a[gn])|nicht)(\p{L}{5,})$/u.exec(folded)?.[1];
    if (denied !== undefined) {
      this.#add({ kind: "negation", text: piece, key: "non", lats: [] });
      this.#named(piece, denied, text, at);
      return;
    }
    const value = wordValue(folded);
    const lats = this.#denies(piece, folded, isCapital);
    if (lats) this.#add({ kind: "negation", text: piece, key: folded, lats });
    else if (folded === "non" || (folded === "ex" && this.#text[at + piece.length] === "-"))
      this.#add({ kind: "negation", text: piece, key: folded, lats: [] });
    else if (value !== undefined)
      this.#add({ kind: "number", text: piece, key: folded, quantities: [{ values: [value] }] });
    else this.#named(piece, folded, text, at);
  }

  /** In a text of no known language `Na`, `IM` and `IL 6` are names; `na`, `im` and `il` are not. */
  #isFunctionWord(piece: string, folded: string, at: number): boolean {
    if (this.#lat !== undefined) return functionWords(this.#lat).has(folded);
    const isCapital = this.#cased && folded.length < 3 && piece[0] !== folded[0] && this.#tokens.length > 0;
    const isMark = piece === piece.toUpperCase() && /^[ -]?\d/.test(this.#text.slice(at + piece.length));
    return isFunctionWord(folded) && !isCapital && !isMark;
  }

  /** `NO` is nitric oxide, and the Portuguese `no` is no negation. */
  #denies(piece: string, folded: string, isCapital: boolean): readonly string[] | undefined {
    if (isCapital && piece.length <= 2) return undefined;
    if (folded === "no" && this.#near === "POR") return undefined;
    return negationLanguages(folded, this.#lat);
  }

  #named(piece: string, folded: string, text: string, at: number): void {
    if (this.#isFunctionWord(piece, folded, at) && !oppositeOf(folded)) return;
    const opposite = oppositeOf(folded);
    if (opposite?.axis === "result") this.#opposite(piece, opposite.value);
    else if (opposite) this.#add({ kind: "opposite", text, key: opposite.value, axis: opposite.axis });
    else {
      if (!HEADS.has(folded)) this.#words.push(folded);
      this.#add({ kind: "word", text, key: folded });
    }
    this.#head = folded;
  }
}

/** The unit at the beginning of what follows a number: how many characters it takes, and what it is. */
function unitBehind(rest: string, piece: string): [number, Partial<Quantity>] {
  if (/\p{L}$/u.test(piece)) return [0, {}];
  const found = new RegExp(`^\\s?-?\\s?(${UNIT})(?![\\p{L}\\d])`, "u").exec(rest);
  if (!found) return [0, {}];
  const unit = unitOf(foldUnit(found[1]!)) ?? unitOf(foldUnit(found[1]!.split("/")[0]!));
  if (!unit) return [0, {}];
  const isWhole = unitOf(foldUnit(found[1]!)) !== undefined;
  return [
    isWhole ? found[0].length : found[0].indexOf("/") < 0 ? found[0].length : found[0].indexOf("/"),
    unit,
  ];
}

function foldUnit(unit: string): string {
  return unit.includes("°") ? unit.toLowerCase().replace(/\s/g, "") : foldWord(unit).replace(/\s/g, "");
}
