import { TermduetError } from "../../terminology/termduet-error.ts";
import { type CheckpointConfig, readConfig } from "./checkpoint-config.ts";
import { openWeights } from "./open-weights.ts";
import type { WeightFile } from "./weight-file.ts";

interface Place {
  file: WeightFile;
  /** Name in the file. */
  name: string;
}

const WORD_EMBEDDINGS = "embeddings.word_embeddings.weight";

/** A checkpoint folder as Hugging Face publishes it, opened; weights are read one tensor at a time. */
export class Checkpoint implements Disposable {
  readonly folder: string;
  readonly config: CheckpointConfig;
  readonly #files: WeightFile[];
  readonly #places: Map<string, Place>;

  private constructor(folder: string, config: CheckpointConfig, files: WeightFile[]) {
    this.folder = folder;
    this.config = config;
    this.#files = files;
    this.#places = placesIn(folder, files);
  }

  /** Errors: `not-found` for a missing file, `bad-input` for a wrong one, `incompatible` for another architecture. */
  static async open(folder: string): Promise<Checkpoint> {
    const config = readConfig(folder);
    const files = await openWeights(folder);
    try {
      return new Checkpoint(folder, config, files);
    } catch (error) {
      for (const file of files) file.close();
      throw error;
    }
  }

  /** First position id: the RoBERTa family counts from the padding id plus one, BERT from 0. */
  get firstPosition(): number {
    return this.config.model_type === "bert" ? 0 : (this.config.pad_token_id ?? 1) + 1;
  }

  /** Longest sequence, special tokens included. */
  get maxTokens(): number {
    return this.config.max_position_embeddings - this.firstPosition;
  }

  /** A weight by its name without the model's prefix (`embeddings.LayerNorm.weight`), as float32 of `shape`. */
  weight(name: string, shape: readonly number[]): Float32Array {
    const place = this.require(name, shape);
    return place.file.floats(place.name);
  }

  /** Errors: `bad-input` where a weight is absent or of another shape. */
  require(name: string, shape: readonly number[]): Place {
    const place = this.#places.get(name);
    if (!place) throw new TermduetError("bad-input", `${this.folder}: the weights lack ${name}`);
    const found = place.file.shape(place.name);
    if (found.join() === shape.join()) return place;
    const message = `${place.file.path}: ${place.name} is [${found.join(", ")}], config.json says [${shape.join(", ")}]`;
    throw new TermduetError("bad-input", message);
  }

  [Symbol.dispose](): void {
    for (const file of this.#files) file.close();
  }
}

/**
 * Where each weight lies, by its name without the prefix of the model that was saved (`bert.`, `roberta.`,
 * `0.auto_model.`, none). Checkpoints of 2019 call a layer norm's weight and bias gamma and beta.
 */
function placesIn(folder: string, files: readonly WeightFile[]): Map<string, Place> {
  const all = files.flatMap((file) => file.names.map((name): Place => ({ file, name })));
  const prefixes = all.filter(({ name }) => name.endsWith(WORD_EMBEDDINGS)).map(({ name }) => prefixOf(name));
  if (prefixes.length === 0)
    throw new TermduetError(
      "bad-input",
      `${folder}: the weights lack ${WORD_EMBEDDINGS}; they are of another model`,
    );
  if (prefixes.length > 1) {
    const several = `${folder}: the weights hold several encoders (${prefixes.map((p) => p || "bare").join(", ")})`;
    throw new TermduetError("incompatible", `${several}; save the one that is wanted on its own`);
  }
  const [prefix] = prefixes as [string];
  return new Map(
    all
      .filter(({ name }) => name.startsWith(prefix))
      .map((place) => [modernName(place.name.slice(prefix.length)), place]),
  );
}

function prefixOf(name: string): string {
  return name.slice(0, name.length - WORD_EMBEDDINGS.length);
}

function modernName(name: string): string {
  return name.replace(/LayerNorm\.gamma$/, "LayerNorm.weight").replace(/LayerNorm\.beta$/, "LayerNorm.bias");
}
