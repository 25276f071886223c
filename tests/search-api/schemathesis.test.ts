import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasPython, PYTHON, why } from "../support/python.ts";
import { type SampleApi, sampleApi } from "./support/sample-api.ts";

const SCRIPT = "import sys; from schemathesis.cli import schemathesis; schemathesis(sys.argv[1:])";

// `pip install schemathesis`; TERMDUET_SCHEMATHESIS_EXAMPLES asks for more than the suite has time for.
describe.skipIf(!hasPython("schemathesis"))(`Schemathesis${why("schemathesis")}`, () => {
  let api: SampleApi;
  beforeAll(async () => {
    api = await sampleApi();
  });
  afterAll(() => api[Symbol.asyncDispose]());

  test("finds no answer that the OpenAPI document does not foresee", { timeout: 600_000 }, async () => {
    const examples = process.env["TERMDUET_SCHEMATHESIS_EXAMPLES"] ?? "3";
    const { stdout } = await promisify(execFile)(
      PYTHON,
      [
        "-c",
        SCRIPT,
        "run",
        `${api.url}/api/v1/openapi.json`,
        "--phases=coverage,fuzzing",
        `--max-examples=${examples}`,
        "--seed=1",
        "--no-color",
      ],
      { encoding: "utf8", maxBuffer: 50_000_000 },
    ).catch((error: { stdout: string; message: string }) => ({ stdout: error.stdout || error.message }));
    const [, generated, passed] = /(\d+) generated, (\d+) passed/.exec(stdout) ?? [];
    expect(passed, stdout.slice(-5_000)).toBe(generated);
    expect(Number(generated)).toBeGreaterThan(500);
    expect(stdout).not.toMatch(/\bFAILURES\b|\d+ failed|\d+ errored/);
  });
});
