import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { TermduetError } from "../../terminology/termduet-error.ts";
import { SafetensorsFile } from "./safetensors.ts";

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
  position_embedding_type: z.string().default("absolute"),
});

/** `config.json` of a Hugging Face checkpoint, the fields that shape the graph. */
export type CheckpointConfig = z.infer<typeof configSchema>;

const ARCHITECTURES = ["bert", "xlm-roberta"];

/** A checkpoint folder as Hugging Face publishes it, opened; weights are read one tensor at a time. */
export class Checkpoint {
  readonly folder: string;
  readonly config: CheckpointConfig;
  readonly #files: SafetensorsFile[];
  readonly #where = new Map<string, SafetensorsFile>();

  /** Errors: `not-found` for a missing file, `bad-input` for a wrong one, `incompatible` for another architecture. */
  constructor(folder: string) {
    this.folder = folder;
    this.config = readConfig(join(folder, "config.json"));
    const weights = join(folder, "model.safetensors");
    if (!existsSync(weights)) {
      throw new TermduetError(
        "not-found",
        `no model.safetensors in ${folder}; a checkpoint has its weights there`,
      );
    }
    this.#files = [new SafetensorsFile(weights)];
    for (const file of this.#files) for (const name of file.names) this.#where.set(bareName(name), file);
  }

  /** First position id: XLM-R counts from the padding id plus one, BERT from 0. */
  get firstPosition(): number {
    return this.config.model_type === "xlm-roberta" ? (this.config.pad_token_id ?? 1) + 1 : 0;
  }

  /** Longest sequence, special tokens included. */
  get maxTokens(): number {
    return this.config.max_position_embeddings - this.firstPosition;
  }

  /** A weight by its name without the model's prefix (`embeddings.word_embeddings.weight`), as float32 of `shape`. */
  weight(name: string, shape: number[]): Float32Array {
    const file = this.#where.get(name);
    if (!file) throw new TermduetError("bad-input", `${this.folder}: the weights lack ${name}`);
    const full = file.names.find((n) => bareName(n) === name)!;
    const found = file.shape(full);
    if (found.join() !== shape.join()) {
      const message = `${file.path}: ${full} is [${found.join(", ")}], config.json says [${shape.join(", ")}]`;
      throw new TermduetError("bad-input", message);
    }
    return file.floats(full);
  }

  close(): void {
    for (const file of this.#files) file.close();
  }
}

function bareName(name: string): string {
  return name.replace(/^(bert|roberta|model|encoder_q|0\.auto_model)\./, "");
}

function readConfig(path: string): CheckpointConfig {
  if (!existsSync(path))
    throw new TermduetError("not-found", `${path} does not exist; a checkpoint folder has one`);
  const parsed = configSchema.safeParse(readJson(path));
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new TermduetError("bad-input", `${path}: ${issue.path.join(".")}: ${issue.message}`);
  }
  const config = parsed.data;
  const reason = !ARCHITECTURES.includes(config.model_type)
    ? `model_type ${config.model_type}`
    : config.hidden_act !== "gelu"
      ? `hidden_act ${config.hidden_act}`
      : config.position_embedding_type !== "absolute"
        ? `position_embedding_type ${config.position_embedding_type}`
        : undefined;
  if (reason) {
    const known = "BERT and XLM-R with exact GELU and absolute positions are supported";
    throw new TermduetError("incompatible", `${path}: ${reason} is not supported; ${known}`);
  }
  return config;
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new TermduetError("bad-input", `${path} is not JSON`, { cause });
  }
}
