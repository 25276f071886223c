import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Platform } from "./platforms.ts";

interface Manifest {
  version: string;
  scripts?: unknown;
  dependencies?: Record<string, string>;
  devDependencies?: unknown;
}

/** What a release carries itself (decision 21), and under which name its sources import it. */
export const NATIVE_PACKAGES = ["onnxruntime-node", "tokenizers"] as const;

/**
 * Copies the packages with native parts from `modules` into `into`, with the parts of these platforms alone, without install scripts,
 * and without what only those scripts need. Gives what they depend on.
 */
export function copyNativePackages(
  modules: string,
  into: string,
  platforms: readonly Platform[],
): Record<string, string> {
  rmSync(into, { recursive: true, force: true });
  for (const name of NATIVE_PACKAGES) mkdirSync(join(into, name), { recursive: true });
  copyRuntime(join(modules, "onnxruntime-node"), join(into, "onnxruntime-node"), platforms);
  copyTokenizers(join(modules, "tokenizers"), join(into, "tokenizers"), platforms);
  const { version } = manifestOf(join(modules, "onnxruntime-common"));
  return { "onnxruntime-common": version };
}

function copyRuntime(from: string, to: string, platforms: readonly Platform[]): void {
  for (const part of ["dist", "README.md"]) cpSync(join(from, part), join(to, part), { recursive: true });
  for (const { os, cpu } of platforms) {
    const folder = join("bin", "napi-v6", os, cpu);
    if (!existsSync(join(from, folder))) throw new Error(`${from} has no part for ${os}-${cpu}`);
    mkdirSync(join(to, folder), { recursive: true });
    for (const file of readdirSync(join(from, folder)))
      if (!isTwin(file) && !isOfGpu(file)) cpSync(join(from, folder, file), join(to, folder, file));
  }
  writeManifest(from, to);
}

/** Apple's library lies there under two names; the binding asks for the short one. */
function isTwin(file: string): boolean {
  return /^libonnxruntime\.\d+\.\d+.*\.dylib$/.test(file);
}

/** The providers of CUDA, which ONNX Runtime's own script fetches from another registry. */
function isOfGpu(file: string): boolean {
  return /providers_(?:cuda|tensorrt)/.test(file);
}

function copyTokenizers(from: string, to: string, platforms: readonly Platform[]): void {
  for (const file of ["index.js", "index.d.ts", "LICENSE", "README.md"])
    cpSync(join(from, file), join(to, file));
  for (const { tokenizers } of platforms) {
    const file = `tokenizers.${tokenizers}.node`;
    cpSync(join(from, file), join(to, file));
  }
  writeManifest(from, to);
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
}

function writeManifest(from: string, to: string): void {
  const { scripts: _, devDependencies: __, dependencies: ___, ...rest } = manifestOf(from);
  writeFileSync(join(to, "package.json"), `${JSON.stringify(rest, null, 2)}\n`);
}
