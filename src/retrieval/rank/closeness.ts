import { z } from "zod";
import { readMeaning } from "../../text/meaning/read-meaning.ts";
import { isAkin } from "../../text/meaning/token-comparison.ts";
import type { ReleaseRecord } from "../../vector-store/release-record.ts";
import type { VectorStore } from "../../vector-store/vector-store.ts";
import type { FoundConcept } from "./facets.ts";

/** Results whose names are looked at for the query's words. */
const LOOKED = 10;
// What a word in common counts for, in points of the six-point scale, and how many count.
const WORD = 0.5;
const MOST_WORDS = 2;
const SHORTEST = 4;
/** Of texts that a release has nothing for, so many may seem near. */
const SEEMING = 0.05;

/**
 * How near the nearest results are to a text: the best mean grade of the encoders, and a half for each of two words of the text that stand
 * in a name among the first. Infinite where something was found by its name.
 */
export function nearness(text: string, list: readonly FoundConcept[]): number {
  if (list.length === 0) return Number.NEGATIVE_INFINITY;
  if (list[0]!.result.matchType !== "semantic") return Number.POSITIVE_INFINITY;
  const looked = list.slice(0, LOOKED);
  const words = readMeaning(text).keys.filter((word) => word.length >= SHORTEST);
  const names = looked.flatMap(({ result }) =>
    [result.string, result.name].flatMap((name) => readMeaning(name).keys),
  );
  const common = words.filter((word) => names.some((other) => isAkin(word, other))).length;
  return Math.max(...looked.map(({ grade }) => grade)) + WORD * Math.min(MOST_WORDS, common);
}

/** The nearness that hardly any text of another field reaches. */
function thresholdOf(byChance: readonly number[]): number {
  const sorted = [...byChance].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((1 - SEEMING) * sorted.length))]!;
}

/** What holds where nobody has learnt yet: what two open releases of very different size gave. */
const USUAL_THRESHOLD = 2.1;

const kept = z.object({ threshold: z.number() });

/**
 * From when on something is near in a release: learnt once from what the release has for texts of other fields, and kept in the store
 * where it can be. It takes as long as sixty searches, so it is learnt when a service starts, and not while somebody waits.
 */
export class Closeness {
  readonly #store: Pick<VectorStore, "metadata" | "putMetadata">;
  readonly #known = new Map<string, Promise<number | undefined>>();

  constructor(store: Pick<VectorStore, "metadata" | "putMetadata">) {
    this.#store = store;
  }

  /** What was learnt of a release, else what is usual. */
  async threshold(release: ReleaseRecord): Promise<number> {
    const key = keyOf(release);
    let known = this.#known.get(key);
    if (!known) {
      known = this.#read(key);
      this.#known.set(key, known);
      known.catch(() => this.#known.delete(key));
    }
    return (await known) ?? USUAL_THRESHOLD;
  }

  /** `ask` gives the nearness of each of `OTHER_FIELDS`. Nothing is asked where it is known. */
  async learn(release: ReleaseRecord, ask: () => Promise<number[]>): Promise<void> {
    const key = keyOf(release);
    if ((await this.#read(key)) !== undefined) return;
    const byChance = (await ask()).filter(Number.isFinite);
    // A release that has names for all of them is one of another field.
    if (byChance.length === 0) return;
    const threshold = thresholdOf(byChance);
    this.#known.set(key, Promise.resolve(threshold));
    // A store that can't be written to is served as well.
    await this.#store.putMetadata(key, { threshold }).catch(() => undefined);
  }

  async #read(key: string): Promise<number | undefined> {
    const before = kept.safeParse((await this.#store.metadata())[key]);
    return before.success ? before.data.threshold : undefined;
  }
}

/** Begins the keys under which a store keeps what was learnt of a release, whatever its encoders. */
export function closenessKeys({
  strings,
  fingerprint,
}: Pick<ReleaseRecord, "strings" | "fingerprint">): string {
  return `closeness/${strings}/${fingerprint}/`;
}

function keyOf(release: ReleaseRecord): string {
  return `${closenessKeys(release)}${release.encoders.map(({ hash }) => hash).join("+")}`;
}
