import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { cloned, megabytesUnder, packagesUnder, ROOT, ran, registryAlone } from "./support.ts";

const MOST_MB = 450;
const MOST_MB_WITH_NODE = 600;
const MOST_PACKAGES = 230;
const LONG = 600_000;

/** `npm pack` of this checkout, put into an empty folder with an empty cache, as users do. */
describe("the packed tarball", () => {
  const folder = temporaryFolder();
  const home = join(folder.path, "home");
  const project = join(folder.path, "project");
  const cli = join(project, "node_modules", ".bin", "termduet");
  const node = join(ROOT, "node_modules", ".bin");
  // The Node that is there when it is new enough, as the launcher has it.
  const env = registryAlone(home, `${node}:${process.env["PATH"]}`);
  let tarball: string;

  beforeAll(() => {
    for (const path of [home, project]) mkdirSync(path, { recursive: true });
    const clone = cloned(folder.path);
    const packed = ran("npm", ["pack", "--pack-destination", folder.path], clone, process.env);
    expect(packed.status, packed.stderr).toBe(0);
    tarball = join(folder.path, readdirSync(folder.path).find((name) => name.endsWith(".tgz"))!);
    writeFileSync(join(project, "package.json"), '{ "private": true }\n');
  }, LONG);
  afterAll(() => folder[Symbol.dispose]());

  test(
    "is installed as a dependency with npm's registry alone, runs no install script, and is small",
    () => {
      const installed = ran("npm", ["install", tarball, "--no-audit", "--no-fund"], project, env);
      expect(installed.status, installed.stderr).toBe(0);
      expect(installed.stderr).not.toMatch(/install-scripts|EBADENGINE/);
      const lock = readFileSync(join(project, "package-lock.json"), "utf8");
      expect(lock).not.toContain("hasInstallScript");
      const modules = join(project, "node_modules");
      const [size, packages] = [megabytesUnder(modules), packagesUnder(modules)];
      process.stdout.write(`installed: ${size} MB, ${packages.length} packages\n`);
      expect(size).toBeLessThanOrEqual(MOST_MB);
      expect(packages.length).toBeLessThanOrEqual(MOST_PACKAGES);
      // One ONNX Runtime, and nothing of development or of LanceDB.
      const runtimes = readdirSync(modules, { recursive: true, encoding: "utf8" }).filter((path) =>
        /linux[\\/]x64[\\/]onnxruntime_binding\.node$/.test(path),
      );
      expect(runtimes).toHaveLength(1);
      expect(packages.filter((name) => /lancedb|vitest|biome|playwright/.test(name))).toEqual([]);
    },
    LONG,
  );

  test(
    "ingests, searches and aligns from there",
    () => {
      const sample = join(project, "node_modules", "termduet", "sample");
      const store = ["--store", `lancedb:${join(project, "store")}`];
      const release = ["--dataset", "sample", "--release", "1", "--quiet"];
      const ingested = ran(cli, ["ingest", join(sample, "META"), ...release, ...store], project, env);
      expect(ingested.status, ingested.stderr).toBe(0);
      const found = ran(cli, ["search", "crise cardiaque", ...store, "--json"], project, env);
      expect(found.status, found.stderr).toBe(0);
      expect(found.stdout).toContain("C0027051");
      const lexicon = join(project, "lexicon.tsv");
      cpSync(join(sample, "lexicon.tsv"), lexicon);
      const out = join(project, "aligned");
      const aligned = ran(cli, ["align", lexicon, ...store, "--out", out, "--quiet"], project, env);
      expect(aligned.status, aligned.stderr).toBe(0);
      expect(existsSync(join(out, "report.html"))).toBe(true);
      expect(readdirSync(home).filter((name) => name !== "cache" && name !== ".npm")).toEqual([]);
    },
    LONG,
  );

  test(
    "starts with the sample and serves page and search",
    async () => {
      const child = spawn(cli, ["start", "--port", "0"], {
        cwd: project,
        env,
        stdio: ["ignore", "pipe", "inherit"],
      });
      let said = "";
      child.stdout.on("data", (data) => {
        said += String(data);
      });
      while (!/http:\S+/.test(said)) await once(child.stdout, "data");
      const url = /http:\S+/.exec(said)![0];
      const answer = (await (await fetch(`${url}/api/v1/search?q=heart%20attack&k=1`)).json()) as {
        results: { cui: string }[];
      };
      expect(answer.results[0]!.cui).toBe("C0027051");
      expect(await (await fetch(url)).text()).toContain("<html");
      child.kill("SIGTERM");
      expect(await once(child, "close")).toEqual([0, null]);
    },
    LONG,
  );

  test(
    "is installed globally with a Node that comes along as a package, and its command answers on whatever Node is there",
    () => {
      const prefix = join(folder.path, "global");
      const along = `node-${process.platform}-${process.arch}@24.21.0`;
      const given = ["install", "--global", "--prefix", prefix, tarball, along, "--no-audit", "--no-fund"];
      const path = process.env["PATH"]!.split(":").filter((entry) => !entry.includes("node_modules"));
      const machines = registryAlone(home, path.join(":"));
      const installed = ran("npm", given, project, machines);
      expect(installed.status, installed.stderr).toBe(0);
      const command = join(prefix, "bin", "termduet");
      const size = megabytesUnder(join(prefix, "lib"));
      process.stdout.write(`installed globally with Node: ${size} MB\n`);
      expect(size).toBeLessThanOrEqual(MOST_MB_WITH_NODE);
      const store = ["--store", `lancedb:${join(project, "store")}`];
      const found = ran(command, ["search", "heart attack", ...store, "--json"], folder.path, machines);
      expect(found.stdout, found.stderr).toContain("C0027051");
    },
    LONG,
  );
});
