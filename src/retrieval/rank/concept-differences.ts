import type { StringRecord } from "../../terminology/concept.ts";
import { type Difference, differences } from "../../text/meaning/differences.ts";
import { type Meaning, readMeaning } from "../../text/meaning/read-meaning.ts";

/** In what a query and a name differ, as they are written: what either says that the other does not, or says otherwise. */
export interface NameDifference {
  kind: Difference["kind"];
  query?: string;
  name?: string;
}

/** The highest rating of a concept whose name differs from the query: it may be near, but it is not the same. */
export const MAX_DIFFERING_RATING = 4;
export const MAX_DIFFERING_GRADE = 4.49;

// Names beyond these say no more of a concept than those before.
const MAX_NAMES = 4;

/** Names that have been read, so that those that many queries meet are read once. */
export class ReadNames {
  readonly #read = new Map<string, Meaning>();
  readonly #most: number;

  constructor(most = 8_000) {
    this.#most = most;
  }

  of(text: string, lat: string | undefined, near: string | undefined): Meaning {
    const key = `${lat} ${near} ${text}`;
    const known = this.#read.get(key);
    if (known) return known;
    if (this.#read.size >= this.#most) this.#read.clear();
    const meaning = readMeaning(text, lat, near);
    this.#read.set(key, meaning);
    return meaning;
  }
}

/** A query's text, read once for each language that it is compared with. */
export class QueryMeaning {
  readonly #text: string;
  readonly #lat: string | undefined;
  readonly #names: ReadNames | undefined;
  readonly #read = new Map<string, Meaning>();

  /** `lat`: the language of the text (LAT), where it is known. `names`: those that have been read before. */
  constructor(
    text: string,
    { lat, names }: { lat?: string | undefined; names?: ReadNames | undefined } = {},
  ) {
    this.#text = text;
    this.#lat = lat;
    this.#names = names;
  }

  /** Whether it says anything but words. */
  get hasMarks(): boolean {
    return this.#of("").tokens.some(({ kind }) => kind !== "word");
  }

  /** In what the text and a string differ; `named`: if they are held for one name. */
  differences({ text, atoms }: Pick<StringRecord, "text" | "atoms">, named = false): Difference[] {
    const lat = atoms[0]?.lat;
    const options = { latA: this.#lat, latB: lat, named };
    const name = this.#names?.of(text, lat, this.#lat) ?? readMeaning(text, lat, this.#lat);
    return differences(this.#of(lat ?? ""), name, options);
  }

  #of(near: string): Meaning {
    const known = this.#read.get(near) ?? readMeaning(this.#text, this.#lat, near || undefined);
    this.#read.set(near, known);
    return known;
  }
}

/**
 * In what a query and a concept differ, by the names that are nearest to the query (`names`, nearest first; the first `leading` are
 * those by which encoders rate it). A name that says all that the query says clears the concept; where the nearest say nothing of
 * it, a farther name that says otherwise speaks against it.
 */
export function conceptDifferences(
  query: QueryMeaning,
  names: readonly Pick<StringRecord, "text" | "atoms">[],
  leading: number,
): NameDifference[] {
  const looked = names.slice(0, query.hasMarks ? MAX_NAMES : leading);
  const found = looked.map((name) => query.differences(name));
  const worst =
    found.slice(0, leading).find((list) => list.length > 0) ?? found.find((list) => list.some(isCertain));
  if (!worst) return [];
  const isCleared = looked.some(
    (name, i) => found[i]!.length === 0 && query.differences(name, true).every(({ a }) => a === undefined),
  );
  if (isCleared && query.hasMarks) return [];
  return worst.map(({ kind, a, b }) => ({
    kind,
    ...(a === undefined ? {} : { query: a }),
    ...(b === undefined ? {} : { name: b }),
  }));
}

/** Both say something of one kind, or one denies: not that one says more. */
function isCertain({ kind, a, b }: Difference): boolean {
  return kind === "negation" || (a !== undefined && b !== undefined);
}

/** Whether the query only says more than the name: then the concept is a broader one. */
export function isBroader(list: readonly NameDifference[]): boolean {
  return (
    list.length > 0 &&
    list.every(({ kind, query, name }) => name === undefined && query !== undefined && BROADENS.has(kind))
  );
}

const BROADENS = new Set<Difference["kind"]>([
  "side",
  "opposite",
  "letter",
  "number",
  "range",
  "ratio",
  "mark",
]);

/** `differs: right, left`: for people. */
export function differsText(list: readonly NameDifference[]): string {
  return list.map(({ query, name }) => [query ?? "–", name ?? "–"].join(", ")).join("; ");
}
