import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sameNames } from "../../src/evaluation/datasets/same-names.ts";
import type { StringRecord } from "../../src/terminology/concept.ts";
import { PYTHON } from "../support/python.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const RULE = join(import.meta.dirname, "..", "..", "..", "shared", "tools", "same_names.py");
const SAMPLE = join(import.meta.dirname, "..", "..", "sample", "META", "MRCONSO.RRF");

test.skipIf(!existsSync(RULE))("concepts of one name are those that the reference rule finds", async () => {
  using folder = temporaryFolder();
  // The sample, with names of some concepts given to others in another writing.
  const lines = readFileSync(SAMPLE, "utf8").split("\n").filter(Boolean);
  const rows = lines.map((line) => line.split("|"));
  const added = rows.slice(0, 400).map((row, i) => {
    const other = rows[(i * 7 + 11) % rows.length]!;
    return [
      ...other.slice(0, 7),
      `X${i}`,
      ...other.slice(8, 12),
      "SY",
      other[13],
      row[14]!.toUpperCase(),
      ...other.slice(15),
    ];
  });
  const all = [...rows, ...added.map((row, i) => [row[0]!, rows[i]![1]!, ...row.slice(2)])];
  const zip = join(folder.path, "r.zip");
  writeFileSync(join(folder.path, "MRCONSO.RRF"), all.map((row) => `${row.join("|")}\n`).join(""));
  const pack =
    "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1], 'w'); z.write(sys.argv[2], 'MRCONSO.RRF'); z.close()";
  execFileSync(PYTHON, ["-c", pack, zip, join(folder.path, "MRCONSO.RRF")]);
  const out = join(folder.path, "same.json");
  execFileSync(PYTHON, [RULE, zip, out]);
  const reference = JSON.parse(readFileSync(out, "utf8")) as Record<string, string[]>;
  expect(Object.keys(reference).length).toBeGreaterThan(100);
  async function* strings(): AsyncGenerator<StringRecord> {
    for (const row of all) {
      const atom = { cui: row[0], lat: row[1], tty: row[12] } as StringRecord["atoms"][number];
      yield { text: row[14]!, atoms: [atom], concepts: [], prominence: 0 };
    }
  }
  const found = await sameNames(strings());
  const plain = Object.fromEntries([...found].map(([cui, others]) => [cui, [...others].sort()]));
  expect(plain).toEqual(reference);
});
