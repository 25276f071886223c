import { affixesOf, deniesByPrefix, isPrivative, opposedByAffix } from "./opposites.ts";
import { type Meaning, type MeaningToken, readMeaning } from "./read-meaning.ts";
import { spellingKey } from "./spelling.ts";
import { isAkin, isSameLetter, isSameValue, withJoined } from "./token-comparison.ts";

/** In what two texts may differ. */
export const DIFFERENCE_KINDS = [
  "negation",
  "comparison",
  "sign",
  "number",
  "range",
  "ratio",
  "side",
  "opposite",
  "letter",
  "mark",
] as const;
type DifferenceKind = (typeof DIFFERENCE_KINDS)[number];

/** One thing that one text says and the other does not, or says otherwise; as it was written. */
export interface Difference {
  kind: DifferenceKind;
  a?: string;
  b?: string;
}

export interface DifferenceOptions {
  /** LAT of either text, where it is known. */
  latA?: string | undefined;
  latB?: string | undefined;
  /** Whether the texts are held for one name: then whatever one alone says tells them apart. */
  named?: boolean;
}

// Beyond so many words a text describes; what it says of one thing and of another can't be told apart here.
const MAX_WORDS = 14;

/**
 * In what two texts differ that have to agree before they can mean the same: unequal values of one kind (left and right, 5 and 50
 * mg, type 1 and 2, A and E, + and −, > and <); one alone denied; opposite words; or, where they would be the same name without, what
 * one of them says alone. Empty where nothing speaks against it: that they mean the same is for others to say.
 */
export function differences(
  a: string | Meaning,
  b: string | Meaning,
  options: DifferenceOptions = {},
): Difference[] {
  const [x, y] = [
    typeof a === "string" ? readMeaning(a, options.latA, options.latB) : a,
    typeof b === "string" ? readMeaning(b, options.latB, options.latA) : b,
  ];
  if (!options.named && (x.words.length > MAX_WORDS || y.words.length > MAX_WORDS)) return [];
  return new Comparison(x, y, options).differences();
}

class Comparison {
  readonly #a: Meaning;
  readonly #b: Meaning;
  readonly #options: DifferenceOptions;
  /** Words of each that the other has too, in this language or one akin. */
  readonly #shared: number;
  readonly #onlyA: string[];
  readonly #onlyB: string[];
  readonly #certain: Difference[] = [];
  /** Whether both deny, one by a word of its own and one within a word. */
  #deniesOtherwise = false;
  /** What one text alone says. */
  readonly #alone: Difference[] = [];

  constructor(a: Meaning, b: Meaning, options: DifferenceOptions) {
    this.#options = options;
    [a, b] = [withJoined(a, b), withJoined(b, a)];
    this.#a = a;
    this.#b = b;
    const [keysA, keysB] = [keysOf(a), keysOf(b)];
    this.#onlyA = a.words.filter((_, i) => !keysB.some((key) => isAkin(key, keysA[i]!)));
    this.#onlyB = b.words.filter((_, i) => !keysA.some((key) => isAkin(key, keysB[i]!)));
    this.#shared = a.words.length - this.#onlyA.length;
  }

  differences(): Difference[] {
    this.#negations();
    this.#opposites();
    this.#affixes();
    this.#signs();
    this.#comparisons();
    for (const kind of ["number", "range", "ratio"] as const) this.#quantities(kind);
    this.#letters();
    this.#marks();
    const isSame = this.#options.named || (this.#isSameBut() && !this.#isCalledOtherwise());
    return [...this.#certain, ...(isSame ? this.#alone : [])];
  }

  /** One has the number of a series, the other its gene: `IBD20`, `inflammatory bowel disease 20`. */
  #isCalledOtherwise(): boolean {
    const marks = this.#alone.filter(({ kind }) => kind === "mark");
    if (marks.length === 0 || this.#alone.length > 2) return false;
    const others = this.#alone.filter(({ kind }) => kind !== "mark");
    if (
      others.some(
        (other) =>
          other.kind === "number" && marks.some((mark) => (mark.a === undefined) !== (other.a === undefined)),
      )
    )
      return true;
    const numbers = this.#of("number")[0].map(({ key }) => key);
    return (
      others.length === 0 && marks.some(({ a, b }) => numbers.some((number) => (a ?? b)!.endsWith(number)))
    );
  }

  #of(kind: MeaningToken["kind"]): [MeaningToken[], MeaningToken[]] {
    const only = (meaning: Meaning): MeaningToken[] => meaning.tokens.filter((token) => token.kind === kind);
    return [only(this.#a), only(this.#b)];
  }

  /** Whether both texts have the same words, marks and values apart. */
  #isSameBut(): boolean {
    if (this.#onlyA.length > 0 || this.#onlyB.length > 0) return false;
    return this.#isOfOneThing();
  }

  /** Whether they speak of one thing at all: they share a word or a mark, or have neither. */
  #isOfOneThing(): boolean {
    return this.#shared > 0 || this.#sharesMark() || this.#a.words.length + this.#b.words.length === 0;
  }

  #negations(): void {
    const [a, b] = this.#of("negation");
    if (a.length > 0 === b.length > 0) return;
    const [denied, side] = a.length > 0 ? ([a, "a"] as const) : ([b, "b"] as const);
    const others = [
      ...(side === "a" ? this.#onlyB : this.#onlyA),
      ...opposites(side === "a" ? this.#b : this.#a),
    ];
    const found: Difference = { kind: "negation", [side]: denied[0]!.text };
    if (this.#options.named) {
      this.#certain.push(found);
      return;
    }
    const own = side === "a" ? this.#onlyA : this.#onlyB;
    if (others.some((word) => isPrivative(word) || own.some((other) => deniesByPrefix(word, other)))) {
      this.#deniesOtherwise = true;
      return;
    }
    const lat = side === "a" ? this.#options.latB : this.#options.latA;
    const lats = new Set(denied.flatMap((token) => token.lats ?? []));
    // In another language no word need be shared: `pas de fièvre`, Fever.
    const isForeign = lat !== undefined && lats.size > 0 && !lats.has(lat);
    if (this.#isOfOneThing() || isForeign) this.#certain.push(found);
  }

  #sharesMark(): boolean {
    const [a, b] = this.#of("mark");
    return a.some(({ key }) => b.some((other) => other.key === key));
  }

  #opposites(): void {
    const [a, b] = this.#of("opposite");
    for (const axis of new Set([...a, ...b].map((token) => token.axis!))) {
      const [mine, other] = [
        a.filter((token) => token.axis === axis),
        b.filter((token) => token.axis === axis),
      ];
      const [onlyA, onlyB] = [without(mine, other), without(other, mine)];
      const kind = axis === "side" ? "side" : "opposite";
      if (onlyA.length > 0 && onlyB.length > 0)
        this.#certain.push({ kind, a: onlyA[0]!.text, b: onlyB[0]!.text });
      else if (onlyA.length > 0 || onlyB.length > 0) this.#alone.push(oneSided(kind, onlyA[0], onlyB[0]));
    }
  }

  /** `hypokalemia` and `hyperkalaemia`; and what is left of two texts that share all else. */
  #affixes(): void {
    const isLast = this.#onlyA.length === 1 && this.#onlyB.length === 1;
    const a = [...this.#onlyA, ...opposites(this.#a)].map(affixesOf);
    const b = [...this.#onlyB, ...opposites(this.#b)].map(affixesOf);
    for (const one of a)
      for (const other of b) {
        const how = opposedByAffix(one, other);
        if (
          this.#deniesOtherwise &&
          (deniesByPrefix(one.word, other.word) || deniesByPrefix(other.word, one.word))
        )
          continue;
        if (how === "contrary" || (how === "beside" && isLast)) {
          this.#certain.push({ kind: "opposite", a: one.word, b: other.word });
          return;
        }
      }
  }

  #signs(): void {
    const [a, b] = this.#of("sign");
    const heads = new Set([...a, ...b].map(({ head }) => head ?? ""));
    for (const head of heads) {
      const [mine, other] = [a, b].map((list) => list.filter((token) => (token.head ?? "") === head)) as [
        MeaningToken[],
        MeaningToken[],
      ];
      const [onlyA, onlyB] = [without(mine, other), without(other, mine)];
      if (onlyA.length > 0 && onlyB.length > 0)
        this.#certain.push({ kind: "sign", a: signText(onlyA[0]!), b: signText(onlyB[0]!) });
      else if (onlyA.length + onlyB.length > 0) this.#leftSigns(onlyA, onlyB, a, b);
    }
  }

  /** A sign whose head bears none in the other text: what counts is whether the other signs agree. */
  #leftSigns(
    onlyA: MeaningToken[],
    onlyB: MeaningToken[],
    a: readonly MeaningToken[],
    b: readonly MeaningToken[],
  ): void {
    const [one] = [...onlyA, ...onlyB];
    const others = onlyA.length > 0 ? b : a;
    const isSaid = others.some(
      ({ key, head }) => key === one!.key && !this.#hasWord(onlyA.length > 0 ? this.#a : this.#b, head),
    );
    const isDenied = others.some(
      ({ key, head }) => key !== one!.key && !this.#hasWord(onlyA.length > 0 ? this.#a : this.#b, head),
    );
    if (isDenied && this.#isOfOneThing()) {
      const other = others.find(({ key }) => key !== one!.key)!;
      this.#certain.push(
        onlyA.length > 0
          ? { kind: "sign", a: signText(one!), b: signText(other) }
          : { kind: "sign", a: signText(other), b: signText(one!) },
      );
    } else if (!isSaid) this.#alone.push(oneSided("sign", onlyA[0], onlyB[0]));
  }

  #hasWord({ tokens }: Meaning, head: string | undefined): boolean {
    return (
      head !== undefined &&
      tokens.some(({ kind, key }) => (kind === "word" || kind === "mark") && key === head)
    );
  }

  #comparisons(): void {
    const [a, b] = this.#of("comparison");
    const [onlyA, onlyB] = [without(a, b), without(b, a)];
    if (onlyA.length > 0 && onlyB.length > 0)
      this.#certain.push({ kind: "comparison", a: onlyA[0]!.text, b: onlyB[0]!.text });
    else if (onlyA.length + onlyB.length > 0) this.#alone.push(oneSided("comparison", onlyA[0], onlyB[0]));
    else if (
      a.length > 1 &&
      a.map(({ key }) => key).join() !== b.map(({ key }) => key).join() &&
      this.#isSameBut()
    )
      this.#certain.push({
        kind: "comparison",
        a: a.map(({ text }) => text).join(" "),
        b: b.map(({ text }) => text).join(" "),
      });
  }

  #quantities(kind: "number" | "range" | "ratio"): void {
    const [a, b] = this.#of(kind);
    const left = b.filter((token) => !a.some((other) => isSameValue(token, other)));
    const romans = kind === "number" ? this.#of("letter") : [[], []];
    const onlyA = a.filter((token) => !b.some((other) => isSameValue(token, other)));
    // `I` is 1 where the other text says 1.
    const unread = onlyA.filter(
      (token) =>
        !romans[1]!.some(({ roman }) => roman !== undefined && token.quantities![0]!.values.includes(roman)),
    );
    const onlyB = left.filter(
      (token) =>
        !romans[0]!.some(({ roman }) => roman !== undefined && token.quantities![0]!.values.includes(roman)),
    );
    if (unread.length > 0 && onlyB.length > 0) {
      if (this.#isOfOneThing() || sharesMeasure(unread, onlyB))
        this.#certain.push({ kind, a: unread[0]!.text, b: onlyB[0]!.text });
      else this.#alone.push(oneSided(kind, unread[0], undefined));
    } else if (unread.length + onlyB.length > 0) this.#alone.push(oneSided(kind, unread[0], onlyB[0]));
    else if (a.length > 1 && a.length === b.length) this.#order(kind, a, b);
  }

  /** The same numbers, but each with what the other belongs to: `type 1 … stage 2` and `type 2 … stage 1`. */
  #order(kind: DifferenceKind, a: readonly MeaningToken[], b: readonly MeaningToken[]): void {
    for (const token of a) {
      const same = b.filter(({ head }) => head !== undefined && head === token.head);
      if (same.length === 1 && !isSameValue(token, same[0]!)) {
        this.#certain.push({ kind, a: `${token.head} ${token.text}`, b: `${token.head} ${same[0]!.text}` });
        return;
      }
    }
  }

  #letters(): void {
    const [a, b] = this.#of("letter");
    const numbers = this.#of("number");
    const marks = this.#of("mark");
    const isRead = (token: MeaningToken, side: 0 | 1): boolean =>
      (token.roman !== undefined &&
        numbers[side].some(({ quantities }) => quantities![0]!.values.includes(token.roman!))) ||
      // `IL-2Rα` and `IL2RA`, `vitamin B 12` and `B12`: the letter is part of the mark there.
      marks[side].some(({ key }) => key.includes(token.key[0]!));
    const left = b.filter((token) => !a.some((other) => isSameLetter(token, other)));
    const onlyA = a.filter((token) => !b.some((other) => isSameLetter(token, other)));
    const [restA, restB] = [
      onlyA.filter((token) => !isRead(token, 1)),
      left.filter((token) => !isRead(token, 0)),
    ];
    if (restA.length > 0 && restB.length > 0 && (this.#isOfOneThing() || this.#options.named))
      this.#certain.push({ kind: "letter", a: restA[0]!.text, b: restB[0]!.text });
    else if (restA.length + restB.length > 0) this.#alone.push(oneSided("letter", restA[0], restB[0]));
  }

  #marks(): void {
    const [a, b] = this.#of("mark");
    const [joinedA, joinedB] = [joined(this.#a), joined(this.#b)];
    const onlyA = without(a, b).filter(({ key }) => !joinedB.includes(key));
    const onlyB = without(b, a).filter(({ key }) => !joinedA.includes(key));
    const pair = onlyA.flatMap((one) =>
      onlyB.filter(({ family }) => family === one.family).map((other) => [one, other] as const),
    )[0];
    if (pair) this.#certain.push({ kind: "mark", a: pair[0].text, b: pair[1].text });
    else if (onlyA.length + onlyB.length > 0) {
      const isSplit = onlyA.length > 0 && onlyB.length > 0 && this.#options.named;
      if (isSplit) this.#certain.push({ kind: "mark", a: onlyA[0]!.text, b: onlyB[0]!.text });
      else this.#alone.push(oneSided("mark", onlyA[0], onlyB[0]));
    }
  }
}

/** Keys of the words; those that were made with the reading, unless words have gone since. */
function keysOf({ words, keys }: Meaning): readonly string[] {
  return keys.length === words.length ? keys : words.map(spellingKey);
}

/** Opposites of a text, as they were written, in small letters. */
function opposites({ tokens }: Meaning): string[] {
  return tokens.flatMap(({ kind, text }) => (kind === "opposite" ? [text.toLowerCase()] : []));
}

/** The text without spaces and signs, in which a mark of the other may stand in pieces. */
function joined({ tokens }: Meaning): string {
  return tokens.map(({ key, kind }) => (kind === "letter" ? key[0] : key)).join("");
}

function oneSided(
  kind: DifferenceKind,
  a: MeaningToken | undefined,
  b: MeaningToken | undefined,
): Difference {
  return { kind, ...(a ? { a: a.text } : {}), ...(b ? { b: b.text } : {}) };
}

function signText({ text, head }: MeaningToken): string {
  return text.length === 1 && head !== undefined ? `${head}${text}` : text;
}

/** Tokens whose key none of the others has, each of which answers for as many as it stands for. */
function without(tokens: readonly MeaningToken[], others: readonly MeaningToken[]): MeaningToken[] {
  const keys = new Set(others.map(({ key }) => key));
  return tokens.filter(({ key }) => !keys.has(key));
}

function sharesMeasure(a: readonly MeaningToken[], b: readonly MeaningToken[]): boolean {
  const measures = (tokens: readonly MeaningToken[]) =>
    tokens.flatMap(({ quantities }) => quantities!.flatMap(({ measure }) => measure ?? []));
  const others = measures(b);
  return measures(a).some((measure) => others.includes(measure));
}
