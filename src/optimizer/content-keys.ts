import { createHash } from "node:crypto";
import { createReadStream, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

/** Version of this program and of the code that makes models: another code makes other models. */
export function toolKey(version: string): string {
  const hash = createHash("sha256").update(version);
  const root = import.meta.dirname;
  const files = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.[jt]s$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.sort()) hash.update(relative(root, file)).update(readFileSync(file));
  return hash.digest("hex");
}

/** Hash of all that a checkpoint's folder holds of the model and its tokenizer. */
export async function checkpointKey(folder: string): Promise<string> {
  const names = readdirSync(folder).filter((name) => /\.(json|safetensors|bin|txt|model)$/.test(name));
  const hash = createHash("sha256");
  for (const name of names.sort()) {
    hash.update(`${name}\0`);
    for await (const chunk of createReadStream(join(folder, name))) hash.update(chunk as Buffer);
  }
  return hash.digest("hex");
}
