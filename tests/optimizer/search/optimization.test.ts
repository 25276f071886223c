import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readEncoderFolder, verifyEncoderFolder } from "../../../src/encoder/encoder-manifest.ts";
import { LoadedEncoder } from "../../../src/encoder/loaded-encoder.ts";
import {
  type OptimizerConfig,
  optimizerConfigSchema,
} from "../../../src/optimizer/config/optimizer-config.ts";
import { type OptimizationResult, optimize } from "../../../src/optimizer/optimization.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { FIXTURES } from "../../support/tiny-encoders.ts";

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());

const STRINGS = readFileSync(join(FIXTURES, "..", "..", "sample", "META", "MRCONSO.RRF"), "utf8")
  .split("\n")
  .map((line) => line.split("|")[14] ?? "")
  .filter(Boolean);

/** A small search that takes a second: no latency goal, which a tiny encoder can't meet. */
function config(
  changes: Record<string, unknown> = {},
  strategy: Record<string, unknown> = {},
): OptimizerConfig {
  return optimizerConfigSchema.parse({
    dataConfigs: { calibration: 40, evaluation: 60 },
    evaluationCriteria: [
      { metric: "cosine.mean", priority: 1, goal: { type: "threshold", value: 0.9 } },
      { metric: "size", priority: 2 },
    ],
    engine: { cache: join(folder.path, "cache"), timingSeconds: 0.05 },
    searchStrategy: { maxSamples: 4, ...strategy },
    passes: [
      { pass: "onnx-conversion" },
      { pass: "transformer-fusion" },
      [
        { pass: "fast-int8", parameters: { clip: { search: [1, 0.9] } } },
        { pass: "weight-only", parameters: { bits: { search: [8, 4] }, blockSize: 32 } },
      ],
      [{ pass: "quantized-embeddings" }, null],
    ],
    ...changes,
  });
}

function run(out: string, changes: OptimizerConfig, rest = {}): Promise<OptimizationResult> {
  return optimize({
    checkpoint: join(FIXTURES, "tiny-bert"),
    out: join(folder.path, out),
    config: changes,
    strings: STRINGS,
    manifest: { id: "tiny", description: "", license: "", base: "tiny-bert" },
    version: "0",
    ...rest,
  });
}

const log = (cache: string) =>
  readFileSync(join(folder.path, cache, "log.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

describe("a search", () => {
  let result: OptimizationResult;
  beforeAll(async () => {
    result = await run("first", config());
  });

  test("leaves an encoder that loads, and the lineage of every model", async () => {
    const encoder = readEncoderFolder(join(folder.path, "first"));
    await verifyEncoderFolder(encoder);
    const loaded = await LoadedEncoder.load(encoder, { provider: "cpu", threads: 1, tokenBudget: 256 });
    expect((await loaded.encode(["heart attack"], "string")).vectors).toHaveLength(32);
    await loaded.release();
    const nodes = Object.values(
      JSON.parse(readFileSync(join(folder.path, "first", "footprint.json"), "utf8")),
    ) as {
      model_id: string;
      parent_model_id: string | null;
      is_chosen: boolean;
      is_pareto_frontier: boolean;
    }[];
    const ids = new Set(nodes.map((n) => n.model_id));
    for (const node of nodes)
      expect(node.parent_model_id === null || ids.has(node.parent_model_id)).toBe(true);
    expect(nodes.filter((n) => n.is_chosen).map((n) => n.model_id)).toEqual([result.chosen.key]);
    expect(nodes.find((n) => n.is_chosen)!.is_pareto_frontier).toBe(true);
  });

  test("leaves a report that needs nothing from elsewhere and shows every candidate", () => {
    const page = readFileSync(join(folder.path, "first", "report.html"), "utf8");
    expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)|NaN|undefined/);
    expect(page.match(/<tr[^>]*><th scope="row">[1-4]<\/th><td class="text">/g)).toHaveLength(4);
    expect(page).toContain("Float against quantized");
    expect(page).toMatch(/Energy: (left out, since|read from) /);
    const chosen = result.chosen.evaluation.metrics["cosine.mean"]!.toFixed(5);
    expect(page).toContain(`<td>${chosen}</td>`);
  });

  test("takes the candidate that the criteria put first", () => {
    const cosines = result.search.candidates.map((c) => c.evaluation.metrics["cosine.mean"]!);
    expect(result.search.candidates).toHaveLength(4);
    expect(result.chosen.evaluation.metrics["cosine.mean"]).toBe(Math.max(...cosines));
    expect(result.missed).toEqual([]);
  });

  test("tries the first value of everything first", () => {
    expect(
      result.search.candidates[0]!.steps.map(({ pass, parameters }) => [pass.name, parameters["clip"]]),
    ).toEqual([
      ["onnx-conversion", undefined],
      ["transformer-fusion", undefined],
      ["fast-int8", 1],
      ["quantized-embeddings", undefined],
    ]);
  });

  test("writes a line of every step: parameters, duration, outcome", () => {
    const events = log("cache");
    expect(events.filter((e) => e.event === "sample")).toHaveLength(4);
    for (const event of events.filter((e) => e.event === "pass"))
      expect(event).toMatchObject({
        pass: expect.any(String),
        parameters: expect.any(Object),
        seconds: expect.any(Number),
        outcome: "done",
      });
    expect(events.at(-1)).toMatchObject({ event: "end", best: result.chosen.key });
  });

  test("asked again takes everything from the cache, to the same end", async () => {
    const before = log("cache").length;
    const again = await run("second", config());
    expect(again.chosen).toEqual(result.chosen);
    const events = log("cache").slice(before);
    expect(events.filter((e) => e.event === "evaluate" && !e.cached)).toEqual([]);
    expect(readFileSync(join(folder.path, "second", "model.onnx"))).toEqual(
      readFileSync(join(folder.path, "first", "model.onnx")),
    );
  });

  test("with more candidates goes on from those that it knows", async () => {
    const before = log("cache").length;
    const more = await run("third", config({}, { maxSamples: 6 }));
    expect(more.search.candidates.slice(0, 4).map((c) => c.key)).toEqual(
      result.search.candidates.map((c) => c.key),
    );
    expect(
      log("cache")
        .slice(before)
        .filter((e) => e.event === "evaluate" && !e.cached),
    ).toHaveLength(2);
  });

  test("keeps no graphs when it is done, and no work", () => {
    const kept = readdirSync(join(folder.path, "cache"), { recursive: true }).map(String);
    expect(kept.some((path) => path.endsWith(".onnx"))).toBe(false);
    expect(kept.some((path) => path.startsWith("work-"))).toBe(false);
  });

  test.each(["exhaustive", "random"])("samples %s as well", async (sampler) => {
    const found = await run(sampler, config({}, { sampler, maxSamples: 0 }));
    expect(found.search.candidates).toHaveLength(8);
    expect(found.search.ended).toBe("every candidate was tried");
  });

  test("goes place by place where it is told to", async () => {
    const found = await run("places", config({}, { executionOrder: "pass-by-pass", maxSamples: 0 }));
    // Four ways to quantize, then two for the table of the best of them.
    expect(found.search.candidates).toHaveLength(6);
    const best = found.search.candidates
      .slice(0, 4)
      .toSorted((a, b) => b.evaluation.metrics["cosine.mean"]! - a.evaluation.metrics["cosine.mean"]!)[0]!;
    expect(found.search.candidates[4]!.steps.slice(0, 3)).toEqual(best.steps);
  });

  test("stops when the goals are met, where it is told to", async () => {
    const found = await run("early", config({}, { stopWhenGoalsMet: true }));
    expect(found.search.candidates).toHaveLength(1);
    expect(found.search.ended).toBe("a candidate meets all goals");
  });

  test("loses a candidate that a check refuses, and remembers it", async () => {
    const passes = [
      { pass: "onnx-conversion" },
      { pass: "transformer-fusion" },
      { pass: "weight-only", parameters: { bits: { search: [8, 4] }, blockSize: 16 } },
      { pass: "discrepancy-check", parameters: { minCosine: 0.9999 } },
    ];
    const found = await run("checked", config({ passes }));
    expect(found.search.candidates).toHaveLength(1);
    expect(found.search.failures.map((f) => f.reason)).toEqual([expect.stringContaining("below 0.9999")]);
  });

  test("measures the tasks that it is given", async () => {
    const texts = [...new Map(STRINGS.map((text) => [text.toLowerCase(), text])).values()].slice(0, 20);
    const queries = join(folder.path, "queries.tsv");
    const corpus = join(folder.path, "corpus.tsv");
    writeFileSync(queries, texts.map((text, i) => `${text}\tC${i}\n`).join(""));
    writeFileSync(corpus, texts.map((text, i) => `C${i}\t${text}\n`).join(""));
    const similarity = join(folder.path, "pairs.tsv");
    writeFileSync(
      similarity,
      texts.map((text, i) => `${text}\t${i % 2 ? text : "zzz"}\t${i % 2 ? 5 : 0}\n`).join(""),
    );
    const tasks = [
      { type: "retrieval", name: "own", queries, corpus },
      { type: "similarity", name: "pairs", file: similarity },
    ];
    const found = await run(
      "tasks",
      config(
        {
          dataConfigs: { calibration: 40, evaluation: 60, tasks },
          evaluationCriteria: [
            { metric: "task.own.acc@1", priority: 1, goal: { type: "percent-max-degradation", value: 0.01 } },
          ],
        },
        { maxSamples: 1 },
      ),
    );
    expect(found.chosen.evaluation.metrics).toMatchObject({ "task.own.acc@1": 1, "task.own.mrr": 1 });
    expect(found.baseline.metrics["task.pairs.spearman"]).toBeGreaterThan(0.8);
  });
});

describe("an optimization that can't be done is refused in one line, and leaves nothing", () => {
  test.each<[string, () => OptimizerConfig, string, RegExp]>([
    [
      "goals that nothing meets",
      () =>
        config({
          evaluationCriteria: [
            { metric: "size", priority: 1, goal: { type: "percent-min-improvement", value: 99 } },
          ],
        }),
      "incompatible",
      /none of 4 candidates meets all goals; in the nearest size is .*--accept-nearest/,
    ],
    ["a budget of zero", () => config({}, { maxMinutes: 0 }), "usage", /no time/],
    [
      "a pass that there is not",
      () => config({ passes: [{ pass: "onnx-conversion" }, { pass: "magic" }] }),
      "bad-input",
      /no pass magic; there are onnx-conversion/,
    ],
    [
      "a flow that does not start with a graph",
      () => config({ passes: [{ pass: "fast-int8" }] }),
      "bad-input",
      /first pass/,
    ],
    [
      "a value to try that can't be",
      () =>
        config({
          passes: [
            { pass: "onnx-conversion" },
            { pass: "weight-only", parameters: { bits: { search: [8, 3] } } },
          ],
        }),
      "bad-input",
      /weight-only\.bits/,
    ],
    [
      "a flow that makes no sense here",
      () => config({ passes: [{ pass: "onnx-conversion" }, { pass: "mixed-precision" }] }),
      "incompatible",
      /no candidate could be made: mixed-precision: CPUs/,
    ],
  ])("%s", async (name, make, code, message) => {
    const error = await run(name, make()).catch((e: unknown) => e as { code: string; message: string });
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(existsSync(join(folder.path, name))).toBe(false);
    expect(readdirSync(folder.path).some((file) => file.endsWith(".partial"))).toBe(false);
  });

  test("but the nearest is taken where that is asked for", async () => {
    const strict = config({
      evaluationCriteria: [
        { metric: "size", priority: 1, goal: { type: "percent-min-improvement", value: 99 } },
      ],
    });
    const found = await run("nearest", strict, { acceptNearest: true });
    expect(found.missed).toEqual([expect.stringMatching(/^size is/)]);
  });

  test("a folder that holds something", async () => {
    mkdirSync(join(folder.path, "full"));
    writeFileSync(join(folder.path, "full", "x"), "");
    await expect(run("full", config())).rejects.toMatchObject({ code: "conflict" });
  });

  test("too few strings", async () => {
    await expect(run("few", config(), { strings: ["one"] })).rejects.toThrow(/too few strings/);
  });
});
