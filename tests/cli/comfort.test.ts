import { execFileSync, spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCli } from "../support/run-cli.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const BIN = join(import.meta.dirname, "..", "..", "bin", "termduet.js");

describe("the command line", () => {
  const folder = temporaryFolder();
  const run = (...args: string[]) => runCli(args, { cwd: folder.path });
  afterAll(() => folder[Symbol.dispose]());

  let ingested = "";
  beforeAll(async () => {
    writeFileSync(
      join(folder.path, "terms.tsv"),
      "id\tterm\tlang\n1\theart attack\ten\n1\tcrise cardiaque\tfr\n2\tfever\ten\n3\tasthma\ten\n",
    );
    ingested = (await run("ingest", "terms.tsv", "--dataset", "d", "--release", "1")).stdout;
  });

  test("lists its commands in groups, and says where to begin", async () => {
    const { stdout, code } = await run("--help");
    expect(code).toBe(0);
    const headings = [
      "Terminologies:",
      "Search and alignment:",
      "Serving:",
      "Encoders:",
      "Help:",
      "Begin here:",
    ];
    for (const heading of headings) expect(stdout).toContain(`\n${heading}\n`);
    expect(stdout).not.toContain("\nCommands:\n");
  });

  test("gives examples with each command's help that name options which the command has", async () => {
    for (const command of ["search", "align", "ingest"]) {
      const { stdout } = await run(command, "--help");
      const [options, examples] = stdout.split("\nExamples:\n") as [string, string];
      for (const [option] of examples.matchAll(/--[a-z-]+/g)) expect(options).toContain(option);
    }
  });

  test("shows its help and nothing else where a subcommand is missing, and ends with 2", async () => {
    for (const args of [[], ["releases"]]) {
      const { stderr, code } = await run(...args);
      expect([code, stderr.startsWith("Usage: termduet")]).toEqual([2, true]);
      expect(stderr).not.toContain("outputHelp");
    }
  });

  test("has colours where they are asked for, and none in a pipe or with NO_COLOR", async () => {
    const help = async (env: Record<string, string>) => (await runCli(["--help"], { env })).stdout;
    expect(await help({ FORCE_COLOR: "1" })).toContain("\u001b[");
    expect(await help({})).not.toContain("\u001b[");
    expect(await help({ NO_COLOR: "1" })).not.toContain("\u001b[");
  });

  test("says after an ingest what to do next", () => {
    expect(ingested.trimEnd().split("\n").at(-1)).toBe(
      'next: termduet search "TEXT" --dataset d  ·  termduet serve',
    );
  });

  test("answers queries of stdin on stdout, a line each, in their order", async () => {
    const child = spawn(process.execPath, [BIN, "search", "--batch", "-", "--k", "1"], { cwd: folder.path });
    let out = "";
    child.stdout.on("data", (data) => {
      out += data;
    });
    child.stdin.end("fever\ncrise cardiaque\n");
    await new Promise((done) => child.on("close", done));
    const answers = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(answers.map(({ query, results }) => [query, results[0].cui])).toEqual([
      ["fever", "2"],
      ["crise cardiaque", "1"],
    ]);
  });

  test("warns of a filter's value that the release has not, and ends with 0", async () => {
    const { code, stdout, stderr } = await run("search", "fever", "--sab", "NOSUCH");
    expect([code, stdout]).toEqual([0, expect.stringContaining("nothing found")]);
    expect(stderr).toMatch(/^termduet: --sab NOSUCH: d 1 holds nothing of that;[^\n]*\n$/);
  });

  test("explains each result to people: how it was found, and what each encoder saw", async () => {
    const { stdout } = await run("search", "heart attack", "--k", "1", "--explain");
    expect(stdout).toContain("found by its string: heart attack");
    for (const encoder of ["termduet-a", "termduet-b"])
      expect(stdout).toContain(`${encoder}: cosine 1.000 to "heart attack"`);
    expect((await run("search", "heart attack", "--k", "1")).stdout).not.toContain("cosine");
  });

  test("makes no folder of a store's mistyped name, whichever command reads it", async () => {
    const store = ["--store", "lancedb:typo"];
    for (const args of [
      ["releases", "list"],
      ["search", "fever"],
      ["serve", "--port", "0"],
      ["ingest", "terms.tsv", "--dataset", "d", "--release", "1", "--dry-run"],
      ["doctor"],
    ]) {
      const { code, stderr } = await run(...args, ...store);
      const reads = !["ingest", "doctor"].includes(args[0]!);
      expect([args[0], code]).toEqual([args[0], reads ? 1 : 0]);
      if (reads)
        expect(stderr).toMatch(/^termduet: there is no store at lancedb:typo;[^\n]*termduet start[^\n]*\n$/);
      expect(existsSync(join(folder.path, "typo"))).toBe(false);
    }
  });

  test("serves on the next free port where nobody chose one", async () => {
    const blocker = createServer();
    const blocked = await new Promise<boolean>((done) => {
      blocker.once("error", () => done(true)).listen(8080, "127.0.0.1", () => done(true));
    });
    expect(blocked).toBe(true);
    const child = spawn(process.execPath, [BIN, "serve", "--quiet"], { cwd: folder.path });
    const line = await new Promise<string>((done) => child.stdout.once("data", (data) => done(String(data))));
    child.kill("SIGTERM");
    await new Promise((done) => child.on("close", done));
    blocker.close();
    expect(line).toMatch(/^Termduet is at http:\/\/127\.0\.0\.1:(808[1-9]|809\d|8100) /);
  });

  test("completes commands, options and their values in bash, and gives fish a line for each", async () => {
    writeFileSync(join(folder.path, "c.bash"), (await run("completion", "bash")).stdout);
    const complete = (...words: string[]): string =>
      execFileSync(
        "bash",
        [
          "-c",
          'source c.bash; COMP_WORDS=(termduet "$@"); COMP_CWORD=$#; _termduet; echo $COMPREPLY',
          "-",
          ...words,
        ],
        { cwd: folder.path, encoding: "utf8" },
      ).trim();
    expect(complete("sea")).toBe("search");
    expect(complete("search", "--prov")).toBe("--provider");
    expect(complete("search", "--provider", "cu")).toBe("cuda");
    expect(complete("releases", "remove", "--unf")).toBe("--unfinished");
    const fish = (await run("completion", "fish")).stdout;
    expect(fish).toMatch(/-n '__fish_seen_subcommand_from search' -l explain /);
    expect((await run("completion", "zsh")).stdout).toContain("bashcompinit");
  });
});
