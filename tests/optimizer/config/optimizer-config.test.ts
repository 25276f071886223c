import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { PROVIDERS } from "../../../src/encoder/providers.ts";
import { configJsonSchema } from "../../../src/optimizer/config/config-json-schema.ts";
import { defaultCriteria, defaultPasses } from "../../../src/optimizer/config/default-flow.ts";
import { placesOf } from "../../../src/optimizer/config/flow.ts";
import { optimizerConfigSchema } from "../../../src/optimizer/config/optimizer-config.ts";
import { readOptimizerConfig } from "../../../src/optimizer/config/read-config.ts";
import { SearchSpace } from "../../../src/optimizer/search/search-space.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const PUBLISHED = join("docs", "optimizer-config.schema.json");

describe("the configuration of a search", () => {
  test("is published as a JSON schema: UPDATE_DOCS=1 writes it anew", () => {
    const schema = configJsonSchema();
    if (process.env["UPDATE_DOCS"]) writeFileSync(PUBLISHED, `${JSON.stringify(schema, null, 2)}\n`);
    expect(JSON.parse(readFileSync(PUBLISHED, "utf8"))).toEqual(JSON.parse(JSON.stringify(schema)));
  });

  test("is sensible without any file", () => {
    const config = optimizerConfigSchema.parse({});
    expect(config).toMatchObject({
      devices: { provider: "cpu", threads: 1 },
      searchStrategy: { executionOrder: "joint", sampler: "tpe", seed: 0 },
    });
    for (const provider of PROVIDERS) {
      const points = [...new SearchSpace(placesOf(defaultPasses(provider))).points()];
      expect(points.length).toBeGreaterThan(0);
    }
    expect(
      optimizerConfigSchema.parse({ evaluationCriteria: defaultCriteria(["task.deft.spearman"]) }),
    ).toBeDefined();
  });

  test("can say what the paper says", () => {
    const paper = {
      inputModel: {
        checkpoint: "microsoft/BiomedNLP-KRISSBERT-PubMed-UMLS-EL",
        pooling: "mean",
        maxTokens: 512,
      },
      dataConfigs: {
        strings: "medsts-train.txt",
        tasks: [{ type: "similarity", name: "medsts", file: "medsts-test.tsv" }],
      },
      evaluationCriteria: [
        {
          metric: "task.medsts.spearman",
          priority: 1,
          goal: { type: "percent-max-degradation", value: 0.01 },
        },
        { metric: "latency.avg", priority: 2, goal: { type: "percent-min-improvement", value: 20 } },
        { metric: "latency.max" },
        { metric: "latency.min" },
      ],
      devices: { provider: "cuda" },
      engine: { cache: "cache" },
      searchStrategy: { executionOrder: "joint", sampler: "tpe", maxSamples: 10, seed: 0 },
      passes: [
        { pass: "onnx-conversion", parameters: { opset: 14 } },
        { pass: "transformer-fusion" },
        { pass: "mixed-precision" },
        { pass: "session-tuning", parameters: { graphOptimizationLevel: { search: "default" } } },
      ],
    };
    const config = optimizerConfigSchema.parse(paper);
    const space = new SearchSpace(placesOf(config.passes!));
    expect([...space.points()]).toHaveLength(2);
  });

  test.each<[string, string, RegExp]>([
    ["nothing", "", /is not JSON/],
    ["a key that there is not", '{"colour":1}', /colour/],
    ["a provider that there is not", '{"devices":{"provider":"abacus"}}', /devices\.provider/],
    [
      "a goal below zero",
      '{"evaluationCriteria":[{"metric":"size","goal":{"type":"max-degradation","value":-1}}]}',
      /evaluationCriteria\.0\.goal: .*below 0/,
    ],
    ["a metric that there is not", '{"evaluationCriteria":[{"metric":"beauty"}]}', /no metric beauty/],
    ["a task of no kind", '{"dataConfigs":{"tasks":[{"type":"chess","name":"x"}]}}', /dataConfigs\.tasks\.0/],
    ["no passes", '{"passes":[]}', /passes/],
  ])("is refused in one line where it is wrong: %s", (_, text, message) => {
    using folder = temporaryFolder();
    const path = join(folder.path, "search.json");
    writeFileSync(path, text);
    let error: unknown;
    try {
      readOptimizerConfig(path);
    } catch (e) {
      error = e;
    }
    expect(error).toMatchObject({ code: "bad-input", message: expect.stringMatching(message) });
    expect((error as Error).message).not.toContain("\n");
  });
});
