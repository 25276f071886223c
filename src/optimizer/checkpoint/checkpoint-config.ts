import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { TermduetError } from "../../terminology/termduet-error.ts";

const configSchema = z.object({
  model_type: z.string(),
  hidden_size: z.int().positive(),
  intermediate_size: z.int().positive(),
  num_hidden_layers: z.int().positive(),
  num_attention_heads: z.int().positive(),
  vocab_size: z.int().positive(),
  max_position_embeddings: z.int().positive(),
  type_vocab_size: z.int().nonnegative().default(1),
  layer_norm_eps: z.number().positive().default(1e-12),
  pad_token_id: z.int().nonnegative().nullish(),
  hidden_act: z.string().default("gelu"),
  position_embedding_type: z.string().nullish(),
});

/** `config.json` of a Hugging Face checkpoint, the fields that shape the graph. */
export type CheckpointConfig = z.infer<typeof configSchema>;

// RoBERTa and CamemBERT differ from XLM-R in vocabulary and tokenizer alone.
const ARCHITECTURES = ["bert", "xlm-roberta", "roberta", "camembert"];

/** Errors: `not-found`, `bad-input` naming the field that is wrong, `incompatible` for another architecture. */
export function readConfig(folder: string): CheckpointConfig {
  const path = join(folder, "config.json");
  if (!existsSync(path))
    throw new TermduetError("not-found", `${path} does not exist; a checkpoint folder has one`);
  const json = readJson(path);
  // Another architecture names its fields otherwise: what is to be said of it is that it is another.
  const named = z.object({ model_type: z.string() }).safeParse(json);
  if (named.success && !ARCHITECTURES.includes(named.data.model_type))
    throw notSupported(path, `model_type ${named.data.model_type}`);
  const parsed = configSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new TermduetError("bad-input", `${path}: ${issue.path.join(".")}: ${issue.message}`);
  }
  const reason = unsupported(parsed.data);
  if (reason === undefined) return parsed.data;
  throw notSupported(path, reason);
}

function notSupported(path: string, reason: string): TermduetError {
  const known = "BERT and (XLM-)RoBERTa with exact GELU and absolute positions are supported";
  return new TermduetError("incompatible", `${path}: ${reason} is not supported; ${known}`);
}

function unsupported(config: CheckpointConfig): string | undefined {
  const positions = config.position_embedding_type ?? "absolute";
  if (config.hidden_act !== "gelu") return `hidden_act ${config.hidden_act}`;
  if (positions !== "absolute") return `position_embedding_type ${positions}`;
  if (config.hidden_size % config.num_attention_heads !== 0)
    return `hidden_size ${config.hidden_size} with ${config.num_attention_heads} heads`;
  return undefined;
}

/** A JSON file of a checkpoint. Errors: `bad-input` where it is not JSON. */
export function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new TermduetError("bad-input", `${path} is not JSON`, { cause });
  }
}
