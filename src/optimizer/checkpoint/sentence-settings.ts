import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { TermduetError } from "../../terminology/termduet-error.ts";
import { readJson } from "./checkpoint-config.ts";

/** What sentence-transformers writes beside a checkpoint about how its vectors are made. */
export interface SentenceSettings {
  pooling?: "mean" | "cls";
  maxTokens?: number;
  prefixes?: { query: string; string: string };
}

const poolingSchema = z.object({
  pooling_mode_cls_token: z.boolean().default(false),
  pooling_mode_mean_tokens: z.boolean().default(false),
  pooling_mode_max_tokens: z.boolean().default(false),
  pooling_mode_mean_sqrt_len_tokens: z.boolean().default(false),
  pooling_mode_weightedmean_tokens: z.boolean().default(false),
  pooling_mode_lasttoken: z.boolean().default(false),
  // Since sentence-transformers 5.2.
  pooling_mode: z.string().optional(),
});
const sentenceSchema = z.object({ max_seq_length: z.int().positive().nullish() });
const promptsSchema = z.object({ prompts: z.record(z.string(), z.string().nullable()).nullish() });

/** Names under which models keep the prefix of queries, and of what is searched. */
const QUERY_PROMPTS = ["query"];
const STRING_PROMPTS = ["passage", "document"];

/**
 * Reads `1_Pooling/config.json`, `sentence_bert_config.json` and `config_sentence_transformers.json` where they are
 * there. Errors: `incompatible` for a pooling that an encoder can't have, `bad-input` for a wrong file.
 */
export function sentenceSettings(folder: string): SentenceSettings {
  const settings: SentenceSettings = {};
  const pooling = read(join(folder, "1_Pooling", "config.json"), poolingSchema);
  if (pooling) settings.pooling = poolingOf(pooling, folder);
  const longest = read(join(folder, "sentence_bert_config.json"), sentenceSchema)?.max_seq_length;
  if (longest) settings.maxTokens = longest;
  const prompts = read(join(folder, "config_sentence_transformers.json"), promptsSchema)?.prompts;
  const prompt = (names: readonly string[]): string =>
    names.map((name) => prompts?.[name]).find(Boolean) ?? "";
  if (prompts) settings.prefixes = { query: prompt(QUERY_PROMPTS), string: prompt(STRING_PROMPTS) };
  return settings;
}

function poolingOf(config: z.infer<typeof poolingSchema>, folder: string): "mean" | "cls" {
  const { pooling_mode: named, ...flags } = config;
  const modes = Object.entries(flags).flatMap(([name, on]) =>
    on ? [name.replace("pooling_mode_", "")] : [],
  );
  const mode = (named ?? modes.join(" and ")).replace(/_tokens?$/, "");
  if (mode === "mean" || mode === "cls") return mode;
  const message = `${folder}: pooling ${mode || "none"} of 1_Pooling/config.json is not supported; give --pooling mean or cls`;
  throw new TermduetError("incompatible", message);
}

function read<T extends z.ZodType>(path: string, schema: T): z.output<T> | undefined {
  if (!existsSync(path)) return undefined;
  const parsed = schema.safeParse(readJson(path));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new TermduetError("bad-input", `${path}: ${issue.path.join(".")}: ${issue.message}`);
}
