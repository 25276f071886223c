import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { SearchResponse } from "../../src/retrieval/request/search-types.ts";
import { FORMS } from "../optimizer/support/checkpoint-forms.ts";
import { runCli } from "../support/run-cli.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { FIXTURES } from "../support/tiny-encoders.ts";

const CONTEXT = "Weakness of the hands is the first sign of DM in many adults.";

/** A folder as KRISSBERT is published: `pytorch_model.bin`, a bare `vocab.txt`, no marker among its pieces; random weights, small. */
function checkpoint(folder: string): string {
  mkdirSync(folder);
  cpSync(join(FIXTURES, "tiny-bert", "config.json"), join(folder, "config.json"));
  cpSync(join(FORMS, "zip.bin"), join(folder, "pytorch_model.bin"));
  const tokenizer = JSON.parse(readFileSync(join(FIXTURES, "tiny-bert", "tokenizer.json"), "utf8"));
  const pieces = Object.entries(tokenizer.model.vocab as Record<string, number>).sort(
    ([, a], [, b]) => a - b,
  );
  writeFileSync(join(folder, "vocab.txt"), pieces.map(([piece]) => `${piece}\n`).join(""));
  writeFileSync(join(folder, "tokenizer_config.json"), JSON.stringify({ do_lower_case: true }));
  return folder;
}

test("KRISSBERT's form goes from its files to an answer that the text of a mention decides", async () => {
  using folder = temporaryFolder();
  const at = (name: string): string => join(folder.path, name);
  const run = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await runCli([...args, "--encoders-folder", at("encoders")]);
    expect(stderr, args.join(" ")).not.toMatch(/error|unexpected/i);
    expect(code, stderr).toBe(0);
    return stdout;
  };
  const markers = ["--mention-before", "<ENT> ", "--mention-after", " </ENT>", "--mention-window", "48"];
  const making = ["--id", "krissbert", "--precision", "float32", "--pooling", "cls", "--quiet"];
  await run("encoders", "add", checkpoint(at("published")), ...making, ...markers);
  writeFileSync(
    at("release.tsv"),
    "id\tterm\tlang\nC0027126\tmyotonic dystrophy\ten\nC0011849\tdiabetes mellitus\ten\nC0011849\tsugar diabetes\ten\n",
  );
  writeFileSync(at("mentions.txt"), `1|t|Signs\n1|a|${CONTEXT}\n1\t49\t51\tDM\tDisease\tC0027126\n`);
  const store = ["--store", `lancedb:${at("store")}`];
  const ingested = await run(
    ...["ingest", at("release.tsv"), "--dataset", "d", "--release", "1", "--encoder", "krissbert", ...store],
    ...["--mentions", at("mentions.txt"), "--quiet"],
  );
  expect(ingested).toContain("1 of 1 mentions belong to 1 concepts");
  const ask = async (...context: string[]): Promise<SearchResponse> =>
    JSON.parse(await run("search", "DM", "--json", "--explain", "--k", "3", ...store, ...context));
  const cosineIn = ({ results }: SearchResponse): number =>
    results.find(({ cui }) => cui === "C0027126")!.scores["krissbert"]!.cosine;
  // The very text of the prototype: the very vector. Alone, or in another text, "DM" has another.
  expect(cosineIn(await ask("--context", `Signs ${CONTEXT}`))).toBeGreaterThan(0.9999);
  expect(cosineIn(await ask())).toBeLessThan(0.9999);
  expect(cosineIn(await ask("--context", "Insulin is given to all with DM since 1922."))).toBeLessThan(
    0.9999,
  );
});
