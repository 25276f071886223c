import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test } from "vitest";
import { SAMPLE } from "../support/sample-store.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { ControlGroup, hasGroups, whyNoGroups } from "./support/control-group.ts";

const BIN = join(import.meta.dirname, "..", "..", "bin", "termduet.js");
const CORES = pathToFileURL(join(import.meta.dirname, "support", "many-cores.ts")).href;
const LIMIT = 2 * 2 ** 30;

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());

const env = { ...process.env, NODE_OPTIONS: `--import ${CORES}` };
const store = ["--store", `lancedb:${join(folder.path, "store")}`];

test.skipIf(!hasGroups)(
  `ingest of the sample and serve keep within a container of 2 GB with sixteen cores${whyNoGroups}`,
  async () => {
    {
      using group = new ControlGroup(LIMIT);
      const release = ["--dataset", "sample", "--release", "1", "--quiet"];
      const child = group.spawn(
        [process.execPath, BIN, "ingest", join(SAMPLE, "META"), ...release, ...store],
        env,
      );
      expect(await once(child, "close")).toEqual([0, null]);
      process.stdout.write(`ingest: ${(group.peak / 1e9).toFixed(2)} GB at most\n`);
    }
    using group = new ControlGroup(LIMIT);
    const child = group.spawn([process.execPath, BIN, "serve", "--port", "0", "--quiet", ...store], env);
    const [line] = await once(child.stdout!, "data");
    const url = /http:\S+/.exec(String(line))![0];
    const queries = readFileSync(join(SAMPLE, "queries.tsv"), "utf8").split("\n").slice(1, 65);
    const texts = queries.map((row) => row.split("\t")[0]!).filter(Boolean);
    // Many at once, many times: what a service meets in an hour.
    for (let round = 0; round < 10; round++) {
      const answers = await Promise.all(
        Array.from({ length: 8 }, () =>
          fetch(`${url}/api/v1/search`, {
            method: "POST",
            headers: { "content-type": "application/json" },
            body: JSON.stringify({ queries: texts, k: 50 }),
          }).then(async (response) => ({ status: response.status, text: await response.text() })),
        ),
      );
      for (const { status, text } of answers) expect([200, 503], text.slice(0, 200)).toContain(status);
      expect(answers.some(({ status }) => status === 200)).toBe(true);
    }
    child.kill("SIGTERM");
    expect(await once(child, "close")).toEqual([0, null]);
    process.stdout.write(`serve: ${(group.peak / 1e9).toFixed(2)} GB at most\n`);
  },
  600_000,
);
