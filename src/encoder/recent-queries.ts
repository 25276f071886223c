import { createHash } from "node:crypto";
import type { EncoderFolder } from "./encoder-manifest.ts";
import type { Encoder } from "./encoder-pool.ts";
import type { EncodedTexts, TextContexts, TextRole } from "./loaded-encoder.ts";

/** Of 384 numbers: what some five thousand queries take. A page's further results, its filters and its languages ask the same again. */
const MOST_BYTES = 8 * 2 ** 20;
const ENTRY_BYTES = 200;

/**
 * An encoder that still knows the vectors of the last queries. What was asked is kept as a hash, in memory alone: no text of a user
 * stays longer than its search.
 */
export class RecentQueries implements Encoder {
  readonly #encoder: Encoder;
  readonly #mostQueries: number;
  readonly #vectors = new Map<string, Float32Array>();

  constructor(encoder: Encoder, mostBytes = MOST_BYTES) {
    this.#encoder = encoder;
    this.#mostQueries = Math.floor(mostBytes / (4 * this.#dimension + ENTRY_BYTES));
  }

  get folder(): EncoderFolder {
    return this.#encoder.folder;
  }

  /** `tokens` counts those that went through the graph now. */
  async encode(texts: readonly string[], role: TextRole, contexts?: TextContexts): Promise<EncodedTexts> {
    if (role !== "query" || texts.length > this.#mostQueries)
      return this.#encoder.encode(texts, role, contexts);
    const keys = texts.map((text, i) => keyOf(text, contexts?.[i]));
    const known = new Map(keys.map((key) => [key, this.#vectors.get(key)]));
    const missing = keys.flatMap((key, i) => (known.get(key) ? [] : [i]));
    const made = await this.#encoder.encode(
      missing.map((i) => texts[i]!),
      role,
      contexts && missing.map((i) => contexts[i]),
    );
    for (const [at, i] of missing.entries()) {
      const vector = made.vectors.slice(at * this.#dimension, (at + 1) * this.#dimension);
      known.set(keys[i]!, vector);
    }
    const vectors = new Float32Array(texts.length * this.#dimension);
    for (const [i, key] of keys.entries()) {
      const vector = known.get(key)!;
      vectors.set(vector, i * this.#dimension);
      this.#keep(key, vector);
    }
    return { vectors, tokens: made.tokens };
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#vectors.clear();
    return Promise.resolve(this.#encoder[Symbol.asyncDispose]());
  }

  get #dimension(): number {
    return this.#encoder.folder.manifest.dimension;
  }

  #keep(key: string, vector: Float32Array): void {
    this.#vectors.delete(key);
    this.#vectors.set(key, vector);
    for (const oldest of this.#vectors.keys()) {
      if (this.#vectors.size <= this.#mostQueries) break;
      this.#vectors.delete(oldest);
    }
  }
}

function keyOf(text: string, context: string | undefined): string {
  return createHash("sha256")
    .update(JSON.stringify([text, context ?? null]))
    .digest("base64");
}
