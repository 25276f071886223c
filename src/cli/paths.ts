import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Folder of this package: the nearest one upwards with a package.json, from the sources as from `dist`. */
export const packageRoot: string = (() => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) folder = dirname(folder);
  return folder;
})();

export const version: string = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")).version;

/** Encoders that come with the package. */
export const bundledEncoders: string = join(packageRoot, "models", "bundled");

/** The sample release and lexicon. */
export const sampleFolder: string = join(packageRoot, "sample");
