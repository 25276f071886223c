/**
 * `npm pack` runs this before and after: a release carries its native packages itself (decision 21), so while it is packed package.json
 * names the copies in vendor/ instead of the packages. `node tools/release/pack.ts before|after [--platform linux-x64]...`
 */
import { copyFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { copyNativePackages, NATIVE_PACKAGES } from "./native-packages.ts";
import { PLATFORMS, platformNamed } from "./platforms.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const MANIFEST = join(ROOT, "package.json");
const AS_IT_WAS = join(ROOT, ".package.json.unpacked");
const VENDOR = join(ROOT, "vendor");
/** Where each package begins, in its copy. */
const ENTRIES: Record<(typeof NATIVE_PACKAGES)[number], string> = {
  "onnxruntime-node": "./vendor/onnxruntime-node/dist/index.js",
  tokenizers: "./vendor/tokenizers/index.js",
};

interface Manifest {
  imports: Record<string, string>;
  dependencies: Record<string, string>;
  files: string[];
  [other: string]: unknown;
}

function before(platforms: readonly string[]): void {
  after(); // of a run that was cut
  const wanted = platforms.length > 0 ? platforms.map(platformNamed) : PLATFORMS;
  const needed = copyNativePackages(join(ROOT, "node_modules"), VENDOR, wanted);
  const {
    overrides: _,
    allowScripts: __,
    devDependencies: ___,
    scripts: ____,
    ...manifest
  } = JSON.parse(readFileSync(MANIFEST, "utf8")) as Manifest;
  const dependencies = Object.entries({ ...manifest.dependencies, ...needed })
    .filter(([name]) => !(NATIVE_PACKAGES as readonly string[]).includes(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const imports = { ...manifest.imports };
  for (const name of NATIVE_PACKAGES) imports[`#${name}`] = ENTRIES[name];
  const packed: Manifest = {
    ...manifest,
    imports,
    dependencies: Object.fromEntries(dependencies),
    files: [...manifest.files, "vendor"],
  };
  copyFileSync(MANIFEST, AS_IT_WAS);
  writeFileSync(MANIFEST, `${JSON.stringify(packed, null, 2)}\n`);
}

function after(): void {
  if (existsSync(AS_IT_WAS)) renameSync(AS_IT_WAS, MANIFEST);
  rmSync(VENDOR, { recursive: true, force: true });
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { platform: { type: "string", multiple: true, default: [] } },
});
if (positionals[0] === "before") before(values.platform);
else if (positionals[0] === "after") after();
else throw new Error("pack.ts before|after");
