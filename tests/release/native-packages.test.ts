import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { copyNativePackages } from "../../tools/release/native-packages.ts";
import { PLATFORMS, platformName, platformNamed } from "../../tools/release/platforms.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { ROOT } from "./support.ts";

const modules = join(ROOT, "node_modules");

test("what is installed has the native parts of all four platforms, so that a release can carry them", () => {
  for (const { os, cpu, tokenizers } of PLATFORMS) {
    const runtime = readdirSync(join(modules, "onnxruntime-node", "bin", "napi-v6", os, cpu));
    expect(runtime, platformName({ os, cpu })).toContain("onnxruntime_binding.node");
    expect(readdirSync(join(modules, "tokenizers"))).toContain(`tokenizers.${tokenizers}.node`);
  }
});

test("a release's own copy has one platform's parts, asks for no other package and runs no script", () => {
  using folder = temporaryFolder();
  const needed = copyNativePackages(modules, folder.path, [platformNamed("linux-arm64")]);
  expect(Object.keys(needed)).toEqual(["onnxruntime-common"]);
  const files = readdirSync(folder.path, { recursive: true, encoding: "utf8" }).map((path) =>
    path.replaceAll("\\", "/"),
  );
  expect(files.filter((path) => path.endsWith(".node")).sort()).toEqual([
    "onnxruntime-node/bin/napi-v6/linux/arm64/onnxruntime_binding.node",
    "tokenizers/tokenizers.linux-arm64-gnu.node",
  ]);
  for (const name of ["onnxruntime-node", "tokenizers"]) {
    const manifest = JSON.parse(readFileSync(join(folder.path, name, "package.json"), "utf8"));
    expect(manifest.scripts).toBeUndefined();
    expect(manifest.dependencies).toBeUndefined();
  }
});

test("a platform that no release is made for is said with those that are", () => {
  expect(() => platformNamed("darwin-x64")).toThrow(/none|no release.*linux-x64/);
});
