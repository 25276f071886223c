import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { type EncoderManifest, sha256 } from "../encoder/encoder-manifest.ts";
import { TermduetError } from "../terminology/termduet-error.ts";
import { readJson } from "./checkpoint/checkpoint-config.ts";
import type { TokenizerFiles } from "./checkpoint/tokenizer-files.ts";
import { writeModel } from "./onnx/model-file.ts";
import type { Workpiece } from "./passes/pass.ts";

/** Fields of `encoder.json` that are known before the model is. */
export type EncoderDescription = Pick<
  EncoderManifest,
  | "id"
  | "pooling"
  | "prefixes"
  | "mention"
  | "maxTokens"
  | "description"
  | "license"
  | "base"
  | "dimension"
  | "provider"
>;

/** Errors: `conflict` where the folder holds anything: what is there is never overwritten. */
export function refuseOccupied(out: string): void {
  if (!existsSync(out) || readdirSync(out).length === 0) return;
  const holds = existsSync(join(out, "encoder.json")) ? "already holds an encoder" : "is not empty";
  throw new TermduetError("conflict", `${out} ${holds}; choose another folder`);
}

/** Makes a folder beside `out` with `fill`, and gives it that name when it is whole. Nothing is left of a failure. */
export async function writeWhole<T>(out: string, fill: (folder: string) => Promise<T>): Promise<T> {
  const partial = join(dirname(out), `.${basename(out)}.partial`);
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  try {
    const result = await fill(partial);
    rmSync(out, { recursive: true, force: true });
    renameSync(partial, out);
    return result;
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/** Writes what an encoder consists of into a folder: graph, tokenizer, configuration and `encoder.json`. */
export async function writeEncoder(
  folder: string,
  piece: Workpiece,
  tokenizer: TokenizerFiles,
  source: { checkpoint: string; description: EncoderDescription; precision: string },
): Promise<EncoderManifest> {
  const models = writeModel(piece.model, folder);
  const config = readJson(join(source.checkpoint, "config.json")) as object;
  const files: Record<string, object> = { "config.json": config, ...tokenizer };
  for (const [name, content] of Object.entries(files))
    writeFileSync(
      join(folder, name),
      `${JSON.stringify(content, null, name === "tokenizer.json" ? 0 : 2)}\n`,
    );
  const checksums: Record<string, string> = {};
  for (const name of [...models, ...Object.keys(files)].sort())
    checksums[name] = await sha256(join(folder, name));
  const manifest = { ...source.description, precision: source.precision, session: piece.session, checksums };
  writeFileSync(join(folder, "encoder.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}
