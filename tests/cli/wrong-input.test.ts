import { copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCli } from "../support/run-cli.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { FIXTURES, tinyEncoder } from "../support/tiny-encoders.ts";

const SAMPLE = join(import.meta.dirname, "..", "..", "sample", "META");
const folder = temporaryFolder();
const path = (...parts: string[]): string => join(folder.path, ...parts);
let encoder: string;

beforeAll(async () => {
  encoder = (await tinyEncoder("tiny-bert", path("encoder"))).folder;
  expect(await runCli([...ingestArgs(SAMPLE), "--lat", "FRE"], { cwd: folder.path })).toMatchObject({
    code: 0,
  });
  const plain = readFileSync(join(SAMPLE, "MRCONSO.RRF"), "utf8");
  writeFileSync(path("cut.RRF.gz"), gzipSync(plain).subarray(0, 20_000));
  writeFileSync(path("empty.RRF"), "");
  writeFileSync(
    path("columns.RRF"),
    plain
      .split("\n")
      .slice(0, 100)
      .map((line) => line.split("|").slice(0, 9).join("|"))
      .join("\n"),
  );
  writeFileSync(path("not.zip"), "PK\u0003\u0004 but nothing more");
  writeFileSync(path("no-term.tsv"), "id\tcolour\n1\tx\n");
  writeFileSync(path("empty-line.txt"), "heart\n\nlung\n");
  mkdirSync(path("meta-without-mrconso"));
  copyFileSync(join(SAMPLE, "MRSTY.RRF"), path("meta-without-mrconso", "MRSTY.RRF"));
  cpSync(join(FIXTURES, "tiny-bert"), path("no-weights"), {
    recursive: true,
    filter: (name) => !name.endsWith("safetensors"),
  });
  cpSync(join(FIXTURES, "tiny-bert"), path("cut-weights"), { recursive: true });
  writeFileSync(
    path("cut-weights", "model.safetensors"),
    readFileSync(join(FIXTURES, "tiny-bert", "model.safetensors")).subarray(0, 90_000),
  );
  cpSync(join(FIXTURES, "tiny-bert"), path("no-header"), { recursive: true });
  writeFileSync(path("no-header", "model.safetensors"), Buffer.alloc(64, 0xff));
  cpSync(encoder, path("damaged"), { recursive: true });
  const model = readFileSync(path("damaged", "model.onnx"));
  model[model.length >> 1]! ^= 0xff;
  writeFileSync(path("damaged", "model.onnx"), model);
});
afterAll(() => folder[Symbol.dispose]());

function ingestArgs(source: string): string[] {
  return ["ingest", source, "--dataset", "d", "--release", "1", "--encoder", encoder, "--workers", "1"];
}

/** Runs in a folder of its own, so that the store of the others is not touched. */
async function refusal(args: string[], cwd = folder.path): Promise<{ code: number | null; line: string }> {
  const { code, stdout, stderr } = await runCli(args, { cwd });
  expect(stdout).toBe("");
  const lines = stderr.trim().split("\n");
  expect(lines, stderr).toHaveLength(1);
  return { code, line: lines[0]! };
}

describe("what can't be done is met with one clear line and an exit code that is not 0", () => {
  test.each([
    ["a source that is not there", () => ingestArgs("nowhere.zip"), 1, /nowhere\.zip/],
    ["a folder without MRCONSO", () => ingestArgs(path("meta-without-mrconso")), 1, /MRCONSO/],
    [
      "a file that is cut",
      () => ingestArgs(path("cut.RRF.gz")),
      1,
      /cut\.RRF\.gz.*(truncated|incomplete|cut|ends)/,
    ],
    ["an empty file", () => ingestArgs(path("empty.RRF")), 1, /empty/],
    ["a zip that is none", () => ingestArgs(path("not.zip")), 1, /not\.zip/],
    ["rows with too few columns", () => ingestArgs(path("columns.RRF")), 1, /columns.RRF.*MRCONSO/],
    ["a table without its columns", () => ingestArgs(path("no-term.tsv")), 1, /no-term\.tsv.*term/],
    [
      "an unknown encoder",
      () => [...ingestArgs(SAMPLE).slice(0, -4), "--encoder", "nope"],
      1,
      /no encoder nope/,
    ],
    [
      "an encoder whose file was changed",
      () => [...ingestArgs(SAMPLE), "--encoder", path("damaged"), "--release", "2"],
      1,
      /damaged.*model\.onnx/,
    ],
    [
      "a dataset's name that can't be one",
      () => [...ingestArgs(SAMPLE), "--dataset", "a/b"],
      2,
      /--dataset a\/b/,
    ],
    [
      "a language that is none",
      () => [...ingestArgs(SAMPLE), "--lat", "klingon", "--release", "2"],
      2,
      /klingon/,
    ],
    [
      "a provider that is not here",
      () => [...ingestArgs(SAMPLE), "--provider", "coreml", "--release", "3"],
      1,
      /coreml is not available here.*--provider cpu/,
    ],
    ["an empty query", () => ["search", "  "], 2, /empty/],
    ["a query of a megabyte", () => ["search", "x".repeat(100_000)], 2, /100000 characters; at most 1000/],
    ["k out of range", () => ["search", "x", "--k", "0"], 2, /--k 0/],
    ["an unknown dataset", () => ["search", "x", "--dataset", "nope"], 1, /no dataset nope.*it holds d/],
    [
      "a store that holds nothing",
      () => ["search", "x", "--store", `lancedb:${path("empty-store")}`],
      1,
      /there is no store at .*empty-store;.*termduet ingest/,
    ],
    ["a store of another kind", () => ["search", "x", "--store", "mysql:x"], 2, /mysql:x is not a store/],
    ["--out without a batch", () => ["search", "fever", "--out", path("o")], 2, /--out/],
    [
      "a batch with an empty line",
      () => ["search", "--batch", path("empty-line.txt"), "--out", path("o")],
      1,
      /line 2 is empty/,
    ],
    ["an unknown command", () => ["frobnicate"], 2, /unknown command/],
    ["an unknown option", () => ["search", "x", "--colour"], 2, /unknown option '--colour'/],
    [
      "a checkpoint without weights",
      () => ["optimize", path("no-weights"), "--out", path("o1")],
      1,
      /model\.safetensors/,
    ],
    [
      "a checkpoint whose weights are cut",
      () => ["optimize", path("cut-weights"), "--out", path("o2")],
      1,
      /not a whole safetensors file/,
    ],
    [
      "a safetensors header that is none",
      () => ["optimize", path("no-header"), "--out", path("o3")],
      1,
      /not a whole safetensors file.*header/,
    ],
  ])("%s", async (_, args, code, message) => {
    const refused = await refusal(args());
    expect(refused.line).toMatch(message);
    expect(refused.code).toBe(code);
  });

  test("a store that was made by an encoder that is not here", async () => {
    const { code, line } = await refusal(["search", "x", "--store", `lancedb:${path(".termduet")}`]);
    expect(code).toBe(1);
    expect(line).toMatch(/was encoded with tiny-bert.*ingest d 1 again/);
  });

  test("a settings file with a key that there is not", async () => {
    const cwd = path("configured");
    mkdirSync(cwd);
    writeFileSync(join(cwd, "termduet.config.json"), JSON.stringify({ colour: "blue" }));
    expect(await refusal(["search", "x"], cwd)).toMatchObject({
      code: 2,
      line: expect.stringContaining("no setting colour"),
    });
  });

  test("a port that is taken", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as { port: number };
    const { code, line } = await refusal(["serve", "--port", String(port)]);
    server.close();
    expect(code).toBe(1);
    expect(line).toContain(String(port));
  });

  test("the text of a query stands in no message", async () => {
    const { line } = await refusal(["search", "my neighbour's secret illness", "--dataset", "nope"]);
    expect(line).not.toContain("illness");
  });
});
