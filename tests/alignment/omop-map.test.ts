import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { describe, expect, test } from "vitest";
import { writeOmopMap } from "../../src/alignment/omop-map.ts";
import type { VectorStore } from "../../src/vector-store/vector-store.ts";
import { TempFolder } from "../terminology/support/temp-folder.ts";
import { alignmentOf, sixEntries } from "./support/hand-made.ts";

const ATOMS: Record<string, { sab: string; code: string }[]> = {
  C0027051: [
    { sab: "SNOMEDCT_US", code: "22298006" },
    { sab: "MSH", code: "D009203" },
  ],
  C0018681: [{ sab: "ICD10CM", code: "ICD10CM:R51" }],
};
const store = {
  find: async (_: string, __: string, ids: string[]) =>
    ids.map((cui) => ({
      id: cui,
      ordinal: 0,
      body: JSON.stringify({ cui, atoms: ATOMS[cui] ?? [], relations: [] }),
    })),
} as unknown as VectorStore;

async function write(concepts?: string): Promise<Record<string, string>[]> {
  using folder = new TempFolder();
  const path = join(folder.path, "map.csv");
  const options = { vocabulary: "lay", minRating: 2, date: "2026-01-01" };
  const table = concepts === undefined ? {} : { concepts: folder.write("CONCEPT.csv", concepts) };
  await writeOmopMap(path, alignmentOf(sixEntries()), store, { ...options, ...table });
  return parse(readFileSync(path, "utf8"), { columns: true });
}

const HEADER = "concept_id\tconcept_name\tvocabulary_id\tstandard_concept\tconcept_code\n";

describe("SOURCE_TO_CONCEPT_MAP", () => {
  test("has the standard concepts of OMOP that an atom of the concept names", async () => {
    const rows = await write(
      `${HEADER}312327\tAcute "MI"\tSNOMED\tS\t22298006\n1\tx\tMeSH\t\tD009203\n2\tHeadache\tICD10CM\tS\tR51\n`,
    );
    expect(
      rows.map((row) => [row["source_code"], row["target_concept_id"], row["target_vocabulary_id"]]),
    ).toEqual([
      ["1", "312327", "SNOMED"],
      ["2", "2", "ICD10CM"],
      ["3", "0", "UMLS"],
      ["4", "0", "UMLS"],
    ]);
  });

  test("has 0 where nothing is known of OMOP's concepts", async () => {
    expect((await write()).map((row) => row["target_concept_id"])).toEqual(["0", "0", "0", "0"]);
  });

  test("says so when the file is another", async () => {
    await expect(write("a\tb\n1\t2\n")).rejects.toThrow(/no CONCEPT\.csv of OMOP/);
  });
});
