import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Tokenizer as HuggingFaceTokenizer } from "@huggingface/tokenizers";
import { TermduetError } from "../terminology/termduet-error.ts";
import { UnigramPieces } from "./unigram-pieces.ts";

/** Characters per token are at most some 20; beyond this a text is cut before it is tokenized, so that none can stall us. */
const MAX_CHARACTERS_PER_TOKEN = 24;

/** Text to token ids, as the encoder's `tokenizer.json` says, cut to `maxTokens` with the closing token kept. */
export class Tokenizer {
  readonly #tokenizer: HuggingFaceTokenizer;
  readonly #maxTokens: number;

  constructor(folder: string, maxTokens: number) {
    const read = (name: string): object => {
      const path = join(folder, name);
      try {
        return JSON.parse(readFileSync(path, "utf8"));
      } catch (cause) {
        throw new TermduetError("bad-input", `${path} is missing or not JSON; an encoder needs it`, {
          cause,
        });
      }
    };
    this.#tokenizer = new HuggingFaceTokenizer(read("tokenizer.json"), read("tokenizer_config.json"));
    this.#maxTokens = maxTokens;
    cutFaster(this.#tokenizer);
  }

  encode(text: string): number[] {
    const limit = this.#maxTokens * MAX_CHARACTERS_PER_TOKEN;
    const ids = this.#tokenizer.encode(text.length > limit ? text.slice(0, limit) : text).ids;
    if (ids.length <= this.#maxTokens) return ids;
    return [...ids.slice(0, this.#maxTokens - 1), ids.at(-1)!];
  }
}

/** What the library's Unigram model has besides what its types say. */
interface UnigramModel {
  config: { type?: string };
  vocab: string[];
  scores: number[];
  unk_score: number;
  encode(words: string[]): string[];
}

/**
 * Gives a Unigram model another way to the same pieces: the library's lattice of objects takes most of the time of a
 * tokenization (benchmarks/tokenizer-speed.ts).
 */
function cutFaster(tokenizer: HuggingFaceTokenizer): void {
  const model = tokenizer.model as unknown as UnigramModel | null;
  if (model?.config.type !== "Unigram") return;
  const vocabulary = model.scores.map((score, id) => [model.vocab[id]!, score] as const);
  const pieces = new UnigramPieces(vocabulary, model.unk_score);
  model.encode = (words) => words.flatMap((word) => pieces.cut(word));
}
