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
export function thresholdOf(byChance: readonly number[]): number {
  const sorted = [...byChance].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((1 - SEEMING) * sorted.length))]!;
}

const kept = z.object({ threshold: z.number() });

/**
 * From when on something is near in a release, for the encoders asked: learnt once from what the release has for texts of other
 * fields, and kept in the store where it can be.
 */
export class Closeness {
  readonly #store: Pick<VectorStore, "metadata" | "putMetadata">;
  readonly #known = new Map<string, Promise<number>>();

  constructor(store: Pick<VectorStore, "metadata" | "putMetadata">) {
    this.#store = store;
  }

  /** `learn` gives what is by chance: the nearness of each of `OTHER_FIELDS`. */
  threshold(
    release: ReleaseRecord,
    encoders: readonly string[],
    learn: () => Promise<number[]>,
  ): Promise<number> {
    const key = `closeness/${release.strings}/${release.fingerprint}/${encoders.join("+")}`;
    let known = this.#known.get(key);
    if (!known) {
      known = this.#learnt(key, learn);
      this.#known.set(key, known);
      known.catch(() => this.#known.delete(key));
    }
    return known;
  }

  async #learnt(key: string, learn: () => Promise<number[]>): Promise<number> {
    const before = kept.safeParse((await this.#store.metadata())[key]);
    if (before.success) return before.data.threshold;
    const byChance = (await learn()).filter(Number.isFinite);
    // A release that has names for all of them is one of another field: then everything is near.
    const threshold = byChance.length > 0 ? thresholdOf(byChance) : Number.NEGATIVE_INFINITY;
    if (Number.isFinite(threshold)) await this.#store.putMetadata(key, { threshold }).catch(() => undefined);
    return threshold;
  }
}
