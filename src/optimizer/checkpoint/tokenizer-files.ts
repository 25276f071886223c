import { existsSync } from "node:fs";
import { join } from "node:path";
import { TermduetError } from "../../terminology/termduet-error.ts";
import { readJson } from "./checkpoint-config.ts";
import { sentencePieceTokenizer } from "./sentencepiece-tokenizer.ts";
import { type WordPieceSettings, wordPieceTokenizer } from "./wordpiece-tokenizer.ts";

/** Forms in which a tokenizer is published, the preferred first. */
export const TOKENIZER_FILES = ["tokenizer.json", "vocab.txt", "sentencepiece.bpe.model"] as const;

/** Contents of the two files that an encoder's folder has of its tokenizer. */
export interface TokenizerFiles {
  "tokenizer.json": object;
  "tokenizer_config.json": object;
}

/**
 * The tokenizer of a checkpoint folder, made anew where it is published as a bare `vocab.txt` or
 * `sentencepiece.bpe.model`. Errors: `not-found` where there is none, `bad-input` for a damaged one.
 */
export function tokenizerFiles(folder: string): TokenizerFiles {
  const path = (name: string): string => join(folder, name);
  const config = existsSync(path("tokenizer_config.json"))
    ? (readJson(path("tokenizer_config.json")) as object)
    : {};
  const form = TOKENIZER_FILES.find((name) => existsSync(path(name)));
  if (form === undefined) {
    const message = `${folder} has no tokenizer: ${TOKENIZER_FILES.join(", ")} are read; a checkpoint needs one`;
    throw new TermduetError("not-found", message);
  }
  if (form === "tokenizer.json")
    return { "tokenizer.json": readJson(path(form)) as object, "tokenizer_config.json": config };
  const made =
    form === "vocab.txt"
      ? wordPieceTokenizer(path(form), config as WordPieceSettings)
      : sentencePieceTokenizer(path(form));
  return { "tokenizer.json": made, "tokenizer_config.json": config };
}
