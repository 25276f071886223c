import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Tokenizer as HuggingFaceTokenizer } from "@huggingface/tokenizers";
import { TermduetError } from "../terminology/termduet-error.ts";

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
  }

  encode(text: string): number[] {
    const limit = this.#maxTokens * MAX_CHARACTERS_PER_TOKEN;
    const ids = this.#tokenizer.encode(text.length > limit ? text.slice(0, limit) : text).ids;
    if (ids.length <= this.#maxTokens) return ids;
    return [...ids.slice(0, this.#maxTokens - 1), ids.at(-1)!];
  }
}
