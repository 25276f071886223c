import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runCli } from "../../support/run-cli.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { FIXTURES } from "../../support/tiny-encoders.ts";

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());

const CONFIG = {
  dataConfigs: { calibration: 40, evaluation: 60 },
  evaluationCriteria: [{ metric: "cosine.mean", priority: 1 }],
  engine: { timingSeconds: 0.05 },
  searchStrategy: { sampler: "tpe", maxSamples: 6 },
};

interface Event {
  event: string;
  cached?: boolean;
  key?: string;
}

function events(cache: string): Event[] {
  const path = join(cache, "log.jsonl");
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").trim().split("\n");
  return lines.filter(Boolean).map((line) => JSON.parse(line));
}

test("a search that is killed again and again ends where one that was left alone does", async () => {
  writeFileSync(join(folder.path, "search.json"), JSON.stringify(CONFIG));
  const args = (out: string, cache: string): string[] => [
    "optimize",
    join(FIXTURES, "tiny-bert"),
    ...["--out", join(folder.path, out), "--id", "tiny", "--config", join(folder.path, "search.json")],
    ...["--cache", join(folder.path, cache)],
  ];
  const alone = await runCli(args("alone", "one"));
  expect(alone.code, alone.stderr).toBe(0);

  const cache = join(folder.path, "two");
  let kills = 0;
  for (let delay = 900; kills < 6; delay += 200) {
    const { code } = await runCli(args("killed", "two"), { killAfterMs: delay });
    // It may be killed after the encoder was written, which is then whole.
    if (code === 0 || existsSync(join(folder.path, "killed"))) break;
    kills++;
  }
  const last = await runCli(args("killed", "two"));
  if (last.code !== 0) expect(last.stderr).toContain("already holds an encoder");
  expect(kills).toBeGreaterThan(0);
  // One more, which takes everything from the cache and clears up after the dead.
  expect((await runCli(args("again", "two"))).code).toBe(0);

  // Nothing was measured twice, nothing half made was left, and the same came out: times differ, graphs do not.
  const measured = events(cache).filter(({ event, cached }) => event === "evaluate" && !cached);
  expect(new Set(measured.map(({ key }) => key)).size).toBe(measured.length);
  expect(readdirSync(cache).filter((name) => name.startsWith("work-"))).toEqual([]);
  const model = (out: string): Buffer => readFileSync(join(folder.path, out, "model.onnx"));
  expect(model("killed")).toEqual(model("alone"));
  expect(model("again")).toEqual(model("alone"));
}, 90_000);
