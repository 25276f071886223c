import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EncoderManifest } from "../../src/encoder/encoder-manifest.ts";
import { DEFAULT_SESSION_SETTINGS } from "../../src/encoder/session-settings.ts";
import { Tokenizer } from "../../src/encoder/tokenizer.ts";
import { Checkpoint } from "../../src/optimizer/checkpoint/checkpoint.ts";
import { type TokenizerFiles, tokenizerFiles } from "../../src/optimizer/checkpoint/tokenizer-files.ts";
import { refuseOccupied, writeEncoder, writeWhole } from "../../src/optimizer/encoder-output.ts";
import { modelOf } from "../../src/optimizer/onnx/graph-builder.ts";
import { runStep } from "../../src/optimizer/pass-step.ts";
import type { PassContext, Workpiece } from "../../src/optimizer/passes/pass.ts";
import { type Precision, recipe } from "../../src/optimizer/recipes.ts";
import { targetOf } from "../../src/optimizer/target.ts";
import type { OnProgress } from "../../src/terminology/progress.ts";

export interface OptimizeOptions {
  /** Folder of the checkpoint. */
  checkpoint: string;
  /** Folder to write; must not exist or be empty. */
  out: string;
  precision: Precision;
  /** Texts whose activations set the scales; a few hundred strings of the release, of all lengths. */
  calibrationTexts: readonly string[];
  /** Fields of `encoder.json` that the checkpoint does not say. */
  manifest: Pick<
    EncoderManifest,
    "id" | "pooling" | "prefixes" | "maxTokens" | "description" | "license" | "base"
  >;
  version: string;
  onProgress?: OnProgress;
}

/** Turns a checkpoint into an encoder folder by a fixed recipe, without measuring it: what tests need, in seconds. */
export async function optimizeCheckpoint(options: OptimizeOptions): Promise<void> {
  const { checkpoint: source, out, manifest } = options;
  refuseOccupied(out);
  const tokenizer = tokenizerFiles(source);
  using checkpoint = await Checkpoint.open(source);
  const workspace = mkdtempSync(join(tmpdir(), "termduet-optimize-"));
  try {
    const texts = options.calibrationTexts.map((text) => manifest.prefixes.string + text);
    const context: Omit<PassContext, "reference"> = {
      checkpoint,
      pooling: manifest.pooling,
      target: targetOf({ provider: "cpu", portable: true }),
      calibration: await tokenized(tokenizer, texts, manifest.maxTokens, workspace),
      workspace,
      version: options.version,
      ...(options.onProgress ? { onProgress: options.onProgress } : {}),
    };
    let piece: Workpiece = { model: modelOf(EMPTY, options.version, 0), session: DEFAULT_SESSION_SETTINGS };
    let reference: PassContext["reference"];
    for (const step of recipe(options.precision, context.target)) {
      piece = await runStep(piece, step, { ...context, reference });
      reference ??= piece.model;
    }
    const description = { ...manifest, dimension: checkpoint.config.hidden_size, provider: "cpu" as const };
    await writeWhole(out, (folder) =>
      writeEncoder(folder, piece, tokenizer, {
        checkpoint: source,
        description,
        precision: options.precision,
      }),
    );
  } finally {
    rmSync(workspace, { recursive: true, force: true });
  }
}

const EMPTY = { name: "", node: [], initializer: [], input: [], output: [] };

/** Token sequences of texts, as the encoder that is being made will see them. */
async function tokenized(
  files: TokenizerFiles,
  texts: readonly string[],
  maxTokens: number,
  workspace: string,
): Promise<number[][]> {
  for (const [name, content] of Object.entries(files))
    writeFileSync(join(workspace, name), JSON.stringify(content));
  const tokenizer = new Tokenizer(workspace, maxTokens);
  return tokenizer.encode(texts);
}
