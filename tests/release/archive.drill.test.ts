import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { cloned, megabytesUnder, ran } from "./support.ts";

const LONG = 900_000;
const MOST_MB = 450;
const canUnshare =
  process.platform === "linux" && ran("unshare", ["--net", "true"], "/", process.env).status === 0;
const why = canUnshare ? "" : " (skipped: no network can be taken away here: unshare --net)";

describe.skipIf(!canUnshare)(`an archive of a release${why}`, () => {
  const folder = temporaryFolder();
  const home = join(folder.path, "home");
  let place: string;

  beforeAll(() => {
    mkdirSync(home);
    const clone = cloned(folder.path);
    const maker = join(clone, "tools", "release", "make-archive.ts");
    const out = join(folder.path, "out");
    const platforms = ["--platform", "linux-x64", "--platform", "win32-x64"];
    const made = ran(process.execPath, [maker, ...platforms, "--out", out], clone, process.env);
    expect(made.status, made.stderr).toBe(0);
    for (const file of readdirSync(out))
      expect(ran("tar", ["-xzf", join(out, file)], folder.path, process.env).status).toBe(0);
    place = join(folder.path, readdirSync(folder.path).find((name) => name.endsWith("linux-x64"))!);
  }, LONG);
  afterAll(() => folder[Symbol.dispose]());

  /** With no network at all, nothing on the PATH but the system's own, and an empty home. */
  const offline = (...args: string[]) =>
    ran("unshare", ["--net", join(place, "bin", "termduet"), ...args], folder.path, {
      PATH: "/usr/bin:/bin",
      HOME: home,
    });

  test(
    "ingests the sample and searches without any network and without a Node of the machine, and leaves the home empty",
    () => {
      const store = ["--store", `lancedb:${join(folder.path, "store")}`];
      const sample = join(place, "app", "node_modules", "termduet", "sample", "META");
      const ingested = offline("ingest", sample, "--dataset", "s", "--release", "1", "--quiet", ...store);
      expect(ingested.status, ingested.stderr).toBe(0);
      const found = offline("search", "crise cardiaque", ...store, "--json");
      expect(found.status, found.stderr).toBe(0);
      expect(found.stdout).toContain("C0027051");
      expect(offline("doctor", ...store).status).toBe(0);
      expect(readdirSync(home)).toEqual([]);
    },
    LONG,
  );

  test("weighs no more than it may, and holds no other platform's parts", () => {
    const size = megabytesUnder(place);
    process.stdout.write(`linux-x64: ${size} MB\n`);
    expect(size).toBeLessThanOrEqual(MOST_MB);
    const natives = (root: string): string[] =>
      readdirSync(root, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".node"));
    expect(natives(place).filter((path) => /darwin|win32|arm64|musl|android/.test(path))).toEqual([]);
    const windows = join(folder.path, readdirSync(folder.path).find((name) => name.endsWith("win32-x64"))!);
    expect(natives(windows).filter((path) => /darwin|linux|arm64/.test(path))).toEqual([]);
    expect(natives(windows).some((path) => /onnxruntime_binding/.test(path))).toBe(true);
    expect(readdirSync(join(windows, "node", "bin"))).toContain("node.exe");
  });
});
