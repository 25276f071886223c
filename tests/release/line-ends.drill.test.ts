import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { cloned, ran } from "./support.ts";

test("a clone with Windows' line ends passes the lint, verifies its encoders and ingests the sample", () => {
  using folder = temporaryFolder();
  const clone = cloned(folder.path, "core.autocrlf=true", "core.eol=crlf");
  const biome = join(clone, "node_modules", "@biomejs", "biome", "bin", "biome");
  const linted = ran(process.execPath, [biome, "ci", "--colors=off", "."], clone, process.env);
  expect(linted.status, linted.stdout + linted.stderr).toBe(0);
  const bin = join(clone, "bin", "termduet.js");
  const store = ["--store", `lancedb:${join(folder.path, "store")}`];
  const release = ["--dataset", "s", "--release", "1", "--quiet"];
  const ingested = ran(
    process.execPath,
    [bin, "ingest", "sample/META", ...release, ...store],
    clone,
    process.env,
  );
  expect(ingested.status, ingested.stderr).toBe(0);
  const found = ran(
    process.execPath,
    [bin, "search", "crise cardiaque", ...store, "--json"],
    clone,
    process.env,
  );
  expect(found.stdout).toContain("C0027051");
}, 600_000);
