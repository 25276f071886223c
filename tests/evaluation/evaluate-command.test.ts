import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { evaluateCommand } from "../../src/cli/commands/evaluate-command.ts";
import { SAMPLE, sampleStore } from "../support/sample-store.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { FIXTURES } from "../support/tiny-encoders.ts";

const folder = temporaryFolder();
const path = (name: string): string => join(folder.path, name);
const deft = (name: string): string => join(FIXTURES, "deft", name);

beforeAll(async () => {
  await using _ = await sampleStore(folder.path);
});
afterAll(() => folder[Symbol.dispose]());

/** Runs the command in this process: what it prints, or throws. */
async function evaluate(...args: string[]): Promise<string> {
  let printed = "";
  using _ = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  const command = evaluateCommand();
  for (const part of [command, ...command.commands])
    part.exitOverride().configureOutput({ writeErr: () => undefined });
  await command.parseAsync(args, { from: "user" });
  return printed;
}

const encoders = (): string[] => [
  "--encoders",
  `${path("a")},${path("b")}`,
  "--encoders-folder",
  folder.path,
];

describe("termduet evaluate", () => {
  test("scores encoders on pairs of sentences, each way from cosine to grade, and their mean", async () => {
    const json = JSON.parse(await evaluate("similarity", deft("t1-test.xml"), ...encoders(), "--json"));
    expect(json).toMatchObject({ task: "similarity", pairs: 7, balanced: false });
    expect(Object.keys(json.scores)).toEqual(["tiny-bert", "tiny-xlmr", "mean of all"]);
    for (const methods of Object.values<{ method: string }[]>(json.scores))
      expect(methods.map(({ method }) => method)).toEqual([
        "min-max",
        "linear",
        "svr",
        "forest",
        "cubic",
        "isotonic",
      ]);
    expect(json.scores["tiny-bert"][0].edrm.value).toBeGreaterThan(0);
  });

  test("balances and trains when asked to", async () => {
    const text = await evaluate(
      "similarity",
      deft("t1-test.xml"),
      "--train",
      deft("t1-test.xml"),
      "--balance",
      ...encoders(),
    );
    expect(text).toMatch(/^4 pairs;/);
    expect(text).toMatch(/encoder +grades by +EDRM/);
  });

  test("scores encoders on parallel sentences", async () => {
    const json = JSON.parse(await evaluate("parallel", deft("t2-test.xml"), ...encoders(), "--json"));
    expect(json).toMatchObject({ task: "parallel", sets: 2 });
    for (const { map } of Object.values<{ map: { value: number } }>(json.scores)) {
      expect(map.value).toBeGreaterThanOrEqual(1 / 3);
      expect(map.value).toBeLessThanOrEqual(1);
    }
    expect(await evaluate("parallel", deft("t2-test.xml"), ...encoders())).toMatch(
      /^2 sources\nencoder +MAP/,
    );
  });

  test("scores the product's own search on labelled queries", async () => {
    const store = ["--store", `lancedb:${path("store")}`, "--encoders-folder", folder.path];
    const json = JSON.parse(await evaluate("retrieval", join(SAMPLE, "queries.tsv"), ...store, "--json"));
    expect(json).toMatchObject({ task: "retrieval", dataset: "sample", queries: 120 });
    expect(Object.keys(json.scores)).toEqual(["merged", "tiny-bert", "tiny-xlmr", "oracle"]);
    const { oracle, merged } = json.scores;
    for (const id of ["tiny-bert", "tiny-xlmr"])
      expect(oracle.acc10.value).toBeGreaterThanOrEqual(json.scores[id].acc10.value);
    expect(merged.mrr.value).toBeGreaterThan(0);
    const query = path("q.tsv");
    writeFileSync(query, "query\tcuis\ncrise cardiaque\tC0027051\n");
    expect(await evaluate("retrieval", query, ...store)).toMatch(
      /1 queries against sample 1\nmethod +Acc@1[^\n]*\nmerged +1\.000/,
    );
    // Lists of two hundred for 120 queries: minutes on a busy machine.
  }, 300_000);

  test("scores an alignment against a reference", async () => {
    const gold = readFileSync(join(SAMPLE, "lexicon.gold.tsv"), "utf8").trim().split("\n").slice(1);
    // Every tenth row is wrong, and every seventh is left out.
    const rows = gold.flatMap((row, i) => {
      const [id, cui] = row.split("\t");
      if (i % 7 === 6 || !cui) return [];
      return [`${id}\t${i % 10 === 9 ? "C0000000" : cui}\t${i % 10 === 9 ? 0.1 : 0.9}`];
    });
    const alignment = path("found.tsv");
    writeFileSync(alignment, `id\tcui\tscore\n${rows.join("\n")}\n`);
    const args = ["alignment", alignment, "--reference", join(SAMPLE, "lexicon.gold.tsv")];
    const { scores } = JSON.parse(await evaluate(...args, "--json", "--threshold", "0.5"));
    const wrong = rows.filter((row) => row.endsWith("0.1")).length;
    expect(scores["all mappings"]).toMatchObject({
      judged: rows.length,
      right: rows.length - wrong,
      wanted: 55,
    });
    expect(scores["score ≥ 0.5"].precision.value).toBe(1);
    expect(await evaluate(...args)).toMatch(/all mappings +\d+ \/ \d+ \/ 55/);
  });

  test("says what is missing", async () => {
    await expect(evaluate("alignment", path("store"))).rejects.toThrow(/--reference/);
    await expect(evaluate("similarity", path("none.xml"))).rejects.toMatchObject({ code: "not-found" });
    await expect(evaluate("retrieval", deft("t1-test.xml"))).rejects.toMatchObject({ code: "bad-input" });
  });
});
