import { join } from "node:path";
import { TermduetError } from "../terminology/termduet-error.ts";
import type { EncoderFolder } from "./encoder-manifest.ts";
import { mentionSequences, placed } from "./mention-sequences.ts";
import { type InferenceSession, Tensor } from "./onnx-runtime.ts";
import { openSession } from "./onnx-session.ts";
import type { Provider } from "./providers.ts";
import { tokenBatches } from "./token-batches.ts";
import { Tokenizer } from "./tokenizer.ts";

export type TextRole = "query" | "string";

/** For each text the one in which it stands, if it stands in one; encoders that declare no `mention` read the text alone. */
export type TextContexts = readonly (string | undefined)[];

export interface LoadOptions {
  provider: Provider;
  /** Threads of one operator; bulk work uses one per worker. */
  threads: number;
  /** Tokens of one batch. */
  tokenBudget: number;
}

/** Vectors of a list of texts: row i, of `dimension` float32, belongs to text i. */
export interface EncodedTexts {
  vectors: Float32Array;
  /** Tokens that went through the graph; identical sequences count once. */
  tokens: number;
}

/** An encoder in this thread. `run()` of ONNX Runtime holds its thread, so only workers and tools use this directly. */
export class LoadedEncoder {
  readonly folder: EncoderFolder;
  readonly #session: InferenceSession;
  readonly #tokenizer: Tokenizer;
  readonly #tokenBudget: number;
  readonly #wantsMask: boolean;

  private constructor(
    folder: EncoderFolder,
    session: InferenceSession,
    tokenizer: Tokenizer,
    tokenBudget: number,
  ) {
    this.folder = folder;
    this.#session = session;
    this.#tokenizer = tokenizer;
    this.#tokenBudget = tokenBudget;
    this.#wantsMask = session.inputNames.includes("attention_mask");
  }

  static async load(folder: EncoderFolder, options: LoadOptions): Promise<LoadedEncoder> {
    const path = join(folder.folder, "model.onnx");
    const session = await openSession(path, options.provider, options.threads, folder.manifest.session);
    return new LoadedEncoder(
      folder,
      session,
      new Tokenizer(folder.folder, folder.manifest.maxTokens),
      options.tokenBudget,
    );
  }

  /** Errors: `internal` when the graph gives a vector that is not finite or not of unit length. */
  async encode(texts: readonly string[], role: TextRole, contexts: TextContexts = []): Promise<EncodedTexts> {
    const { dimension } = this.folder.manifest;
    const sequences = await this.#sequences(texts, role, contexts);
    const vectors = new Float32Array(texts.length * dimension);
    let tokens = 0;
    for (const batch of tokenBatches(sequences, this.#tokenBudget)) {
      const output = await this.#run(batch.sequences, batch.length);
      tokens += batch.length * batch.sequences.length;
      for (const [row, positions] of batch.inputs.entries()) {
        const vector = output.subarray(row * dimension, (row + 1) * dimension);
        checkVector(vector, this.folder.manifest.id);
        for (const position of positions) vectors.set(vector, position * dimension);
      }
    }
    return { vectors, tokens };
  }

  #sequences(texts: readonly string[], role: TextRole, contexts: TextContexts): Promise<number[][]> {
    const { prefixes, mention } = this.folder.manifest;
    if (!mention) return this.#tokenizer.encode(texts.map((text) => prefixes[role] + text));
    const mentions = texts.map((text, i) => placed(text, contexts[i]));
    const begun = mentions.map((one) => ({ ...one, left: prefixes[role] + one.left }));
    return mentionSequences(this.#tokenizer, begun, mention);
  }

  async release(): Promise<void> {
    await this.#session.release();
  }

  async #run(sequences: readonly (readonly number[])[], length: number): Promise<Float32Array> {
    const shape = [sequences.length, length];
    const ids = new BigInt64Array(sequences.length * length);
    let at = 0;
    for (const sequence of sequences) for (const id of sequence) ids[at++] = BigInt(id);
    const feeds: Record<string, Tensor> = { input_ids: new Tensor("int64", ids, shape) };
    if (this.#wantsMask)
      feeds["attention_mask"] = new Tensor("int64", new BigInt64Array(ids.length).fill(1n), shape);
    const outputs = await this.#session.run(feeds);
    return outputs["sentence_embedding"]!.data as Float32Array;
  }
}

const NORM_TOLERANCE = 1e-3;

function checkVector(vector: Float32Array, encoder: string): void {
  let square = 0;
  for (const value of vector) square += value * value;
  if (Math.abs(Math.sqrt(square) - 1) < NORM_TOLERANCE) return;
  const message = `encoder ${encoder} gave a vector of length ${Math.sqrt(square)}, not 1; its model file may be damaged`;
  throw new TermduetError("internal", message);
}
