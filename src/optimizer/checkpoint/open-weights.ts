import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { TermduetError } from "../../terminology/termduet-error.ts";
import { PytorchFile } from "./pytorch-file.ts";
import { SafetensorsFile } from "./safetensors.ts";
import type { WeightFile } from "./weight-file.ts";

/** Names under which weights are published, the preferred first. */
export const WEIGHT_FILES = ["model.safetensors", "pytorch_model.bin"] as const;

const indexSchema = z.object({ weight_map: z.record(z.string(), z.string()) });

/**
 * Opens the weights of a checkpoint folder: `model.safetensors` or `pytorch_model.bin`, whole or in the shards that
 * their `.index.json` names. Errors: `not-found` for absent weights or a missing shard, `bad-input` for a damaged file.
 */
export async function openWeights(folder: string): Promise<WeightFile[]> {
  for (const name of WEIGHT_FILES) {
    const whole = join(folder, name);
    if (existsSync(whole)) return [await openWeightFile(whole)];
    const index = `${whole}.index.json`;
    if (existsSync(index)) return openShards(folder, index);
  }
  const names = WEIGHT_FILES.join(" or ");
  throw new TermduetError("not-found", `no ${names} in ${folder}; a checkpoint has its weights there`);
}

async function openShards(folder: string, index: string): Promise<WeightFile[]> {
  const shards = shardsOf(index);
  const missing = shards.find((shard) => !existsSync(join(folder, shard)));
  if (missing !== undefined) {
    const message = `${join(folder, missing)}, a shard that ${index} names, is missing; fetch it as well`;
    throw new TermduetError("not-found", message);
  }
  const files: WeightFile[] = [];
  try {
    for (const shard of shards) files.push(await openWeightFile(join(folder, shard)));
  } catch (error) {
    for (const file of files) file.close();
    throw error;
  }
  return files;
}

/** File names of the shards, each once. Errors: `bad-input` for an index that is none. */
export function shardsOf(index: string): string[] {
  let parsed: z.infer<typeof indexSchema>;
  try {
    parsed = indexSchema.parse(JSON.parse(readFileSync(index, "utf8")));
  } catch (cause) {
    throw new TermduetError("bad-input", `${index} is no index of shards: it needs a weight_map`, { cause });
  }
  const shards = [...new Set(Object.values(parsed.weight_map))].sort();
  const outside = shards.find((shard) => shard.includes("/") || shard.includes("\\"));
  if (outside !== undefined)
    throw new TermduetError("bad-input", `${index} names ${outside}, which is not in its folder`);
  return shards;
}

async function openWeightFile(path: string): Promise<WeightFile> {
  refusePointer(path);
  return path.endsWith(".safetensors") ? new SafetensorsFile(path) : PytorchFile.open(path);
}

const POINTER = "version https://git-lfs";

/** A clone without Git LFS leaves small text files where the weights should be. */
function refusePointer(path: string): void {
  const { size } = statSync(path);
  if (size > 1024 || !readFileSync(path, "latin1").startsWith(POINTER)) return;
  const message = `${path} is a Git LFS pointer, not the weights; run \`git lfs pull\` in its folder`;
  throw new TermduetError("bad-input", message);
}
