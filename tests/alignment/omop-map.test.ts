import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { describe, expect, test } from "vitest";
import { omopConcepts } from "../../src/alignment/omop-concepts.ts";
import { omopCode, writeOmopMap } from "../../src/alignment/omop-map.ts";
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

async function write(concepts?: string, relationships?: string): Promise<Record<string, string>[]> {
  using folder = new TempFolder();
  const path = join(folder.path, "map.csv");
  const alignment = alignmentOf(sixEntries());
  if (relationships !== undefined) folder.write("CONCEPT_RELATIONSHIP.csv", relationships);
  const known =
    concepts === undefined
      ? new Map()
      : await omopConcepts(alignment, store, {
          concepts: folder.write("CONCEPT.csv", concepts),
          minRating: 2,
        });
  writeOmopMap(path, alignment, { vocabulary: "lay", minRating: 2, date: "2026-01-01", concepts: known });
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
      ["3", "0", "None"],
      ["4", "0", "None"],
      ["5", "0", "None"],
      ["6", "0", "None"],
    ]);
  });

  test("goes from a concept that is not standard to the one that it maps to", async () => {
    const concepts = `${HEADER}5\tMyocardial Infarction\tMeSH\t\tD009203\n312327\tAcute MI\tSNOMED\tS\t57054005\n`;
    const relationships =
      "concept_id_1\tconcept_id_2\trelationship_id\tinvalid_reason\n5\t312327\tMaps to\t\n5\t9\tMaps to\tD\n5\t8\tIs a\t\n";
    expect((await write(concepts, relationships))[0]).toMatchObject({
      source_code: "1",
      target_concept_id: "312327",
    });
    expect((await write(concepts))[0]).toMatchObject({ source_code: "1", target_concept_id: "0" });
  });

  test("keeps codes apart that begin alike and are longer than the CDM allows", () => {
    const long = "x".repeat(60);
    const codes = [omopCode(`${long}1`), omopCode(`${long}2`), omopCode("short")];
    expect(codes.map((code) => code.length)).toEqual([50, 50, 5]);
    expect(codes[0]).not.toBe(codes[1]);
  });

  test("has 0 where nothing is known of OMOP's concepts", async () => {
    expect((await write()).map((row) => row["target_concept_id"])).toEqual(Array(6).fill("0"));
  });

  test("says so when the file is another", async () => {
    await expect(write("a\tb\n1\t2\n")).rejects.toThrow(/is not a table of OMOP/);
  });
});
