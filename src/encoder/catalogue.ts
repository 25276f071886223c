import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { TermduetError } from "../terminology/termduet-error.ts";
import { type EncoderFolder, readEncoderFolder } from "./encoder-manifest.ts";

/** The encoders of this installation: those that come with it, and those that its user added. */
export class EncoderCatalogue {
  readonly #roots: readonly string[];

  /** Each root holds one folder per encoder; an absent root is empty. The first root is the bundled one. */
  constructor(roots: readonly string[]) {
    this.#roots = roots;
  }

  list(): EncoderFolder[] {
    return this.#roots.flatMap((root) => encodersIn(root));
  }

  /** The two that work without anything else. */
  bundled(): EncoderFolder[] {
    return encodersIn(this.#roots[0]!);
  }

  /** By id, or by the path of an encoder's folder. Errors: `not-found` naming what there is. */
  find(idOrPath: string): EncoderFolder {
    const known = this.list();
    const found = known.find((encoder) => encoder.manifest.id === idOrPath);
    if (found) return found;
    if (existsSync(join(idOrPath, "encoder.json"))) return readEncoderFolder(resolve(idOrPath));
    const names = known.map((encoder) => encoder.manifest.id).join(", ") || "none";
    throw new TermduetError(
      "not-found",
      `there is no encoder ${idOrPath}; \`termduet encoders list\` shows those that there are: ${names}`,
    );
  }
}

function encodersIn(root: string): EncoderFolder[] {
  if (!existsSync(root)) return [];
  const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders
    .map((entry) => join(root, entry.name))
    .filter((folder) => existsSync(join(folder, "encoder.json")))
    .map((folder) => readEncoderFolder(folder))
    .sort((a, b) => (a.manifest.id < b.manifest.id ? -1 : 1));
}
