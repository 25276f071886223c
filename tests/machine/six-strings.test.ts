import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { runCli } from "../support/run-cli.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const TERMS = "id\tterm\n1\theart attack\n2\tfever\n3\tcrise cardiaque\n4\tasthma\n5\tbroken leg\n6\trash\n";

test("an ingest of six strings by the bundled encoders takes at most 0.7 GB where there are sixteen cores", async () => {
  using folder = temporaryFolder();
  const [terms, peak] = [join(folder.path, "terms.tsv"), join(folder.path, "peak")];
  writeFileSync(terms, TERMS);
  const cores = pathToFileURL(join(import.meta.dirname, "support", "many-cores.ts")).href;
  const result = await runCli(["ingest", terms, "--dataset", "six", "--release", "1"], {
    cwd: folder.path,
    env: { NODE_OPTIONS: `--import ${cores}`, PEAK_FILE: peak },
  });
  expect(result).toMatchObject({ code: 0 });
  expect(Number(readFileSync(peak, "utf8")) * 1024).toBeLessThan(0.7e9);
});
