import { TermduetError } from "../../terminology/termduet-error.ts";
import { WEIGHT_FILES } from "../checkpoint/open-weights.ts";
import { TOKENIZER_FILES } from "../checkpoint/tokenizer-files.ts";

const SETTINGS = [
  "config.json",
  "tokenizer_config.json",
  "1_Pooling/config.json",
  "sentence_bert_config.json",
  "config_sentence_transformers.json",
];

/** Files of a repository that a checkpoint is read from: settings, one form of tokenizer, one form of weights. */
export interface WantedFiles {
  small: string[];
  /** Weights, or the index that names their shards. */
  weights: string;
}

/** Chooses from what there is. Errors: `not-found` naming what a checkpoint needs. */
export function wantedFiles(available: ReadonlySet<string>, name: string): WantedFiles {
  const need = (candidates: readonly string[], what: string): string => {
    const found = candidates.find((file) => available.has(file));
    if (found !== undefined) return found;
    throw new TermduetError("not-found", `${name} has no ${what}: one of ${candidates.join(", ")} is needed`);
  };
  need(["config.json"], "configuration");
  const tokenizer = need(TOKENIZER_FILES, "tokenizer");
  const weights = need(
    WEIGHT_FILES.flatMap((file) => [file, `${file}.index.json`]),
    "weights",
  );
  return { small: [...SETTINGS.filter((file) => available.has(file)), tokenizer], weights };
}
