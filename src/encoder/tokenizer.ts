import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Tokenizer as RustTokenizer } from "#tokenizers";
import { TermduetError } from "../terminology/termduet-error.ts";

/** What is longer is cut before it is tokenized, so that no text can stall an encoder: some 500 times what one reads. */
const MAX_CHARACTERS = 65_536;

/**
 * Text to token ids, as the encoder's `tokenizer.json` says. Hugging Face's own `tokenizers`, in Rust, which checkpoints are
 * trained with: an encoder that reads other tokens than it learned gives other vectors, see
 * `docs/decisions/0015-tokens-as-trained.md`.
 */
export class Tokenizer {
  readonly #tokenizer: RustTokenizer;
  /** The same without a limit: a text before a mention is cut at its beginning. */
  get #whole(): RustTokenizer {
    this.#uncut ??= RustTokenizer.fromString(this.#file);
    this.#uncut.disablePadding();
    this.#uncut.disableTruncation();
    return this.#uncut;
  }
  #uncut: RustTokenizer | undefined;
  readonly #file: string;

  /** `maxTokens` counts the special tokens; a longer text loses its end. Errors: `bad-input` naming the file. */
  constructor(folder: string, maxTokens: number) {
    const path = join(folder, "tokenizer.json");
    try {
      this.#file = readFileSync(path, "utf8");
      this.#tokenizer = RustTokenizer.fromString(this.#file);
      // Batches are made of equal lengths; what the file says of either is how somebody trained.
      this.#tokenizer.disablePadding();
      this.#tokenizer.setTruncation(maxTokens);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
      throw new TermduetError(
        "bad-input",
        `${path} is missing or no tokenizer that can be read (${why}); an encoder needs it`,
        { cause },
      );
    }
  }

  /** The ids of each text, in the order of the texts. */
  async encode(texts: readonly string[]): Promise<number[][]> {
    const encodings = await this.#tokenizer.encodeBatch(texts.map(cut));
    return encodings.map((encoding) => encoding.getIds());
  }

  /** The ids of each text without special tokens around it and whole, for what cuts them itself. */
  async pieces(texts: readonly string[]): Promise<number[][]> {
    const encodings = await this.#whole.encodeBatch(texts.map(cut), { addSpecialTokens: false });
    return encodings.map((encoding) => encoding.getIds());
  }
}

function cut(text: string): string {
  if (text.length <= MAX_CHARACTERS) return text;
  // Not through the middle of a character.
  const isHalf = /[\uD800-\uDBFF]/.test(text[MAX_CHARACTERS - 1]!);
  return text.slice(0, isHalf ? MAX_CHARACTERS - 1 : MAX_CHARACTERS);
}
