import { describe, expect, test } from "vitest";
import {
  checkReleaseName,
  checkSpelling,
  type ReleaseRecord,
} from "../../src/vector-store/release-record.ts";

describe("names of datasets and releases", () => {
  test("may be those of releases as their makers call them", () => {
    for (const name of ["umls", "2024AB", "2026-11-01", "v5.0", "console", "LPTX", "com10x"])
      expect(checkReleaseName("--release", name)).toBe(name);
  });

  test("are no names that a file of Windows can't have, and lead out of no folder", () => {
    for (const name of [
      "con",
      "NUL",
      "Aux.2024",
      "com1",
      "lpt9.x",
      "a.",
      "..",
      ".a",
      "a/b",
      "a\\b",
      "a:b",
      "",
      "é",
    ])
      expect(() => checkReleaseName("--dataset", name), name).toThrow(/--dataset/);
  });

  test("differ by more than case: on the disks of Macs and Windows they would be one", () => {
    const records = [{ dataset: "HPO", release: "2024AB" }] as ReleaseRecord[];
    expect(() => checkSpelling(records, { dataset: "hpo", release: "1" })).toThrow(
      /spelled HPO in the store/,
    );
    expect(() => checkSpelling(records, { dataset: "HPO", release: "2024ab" })).toThrow(/spelled 2024AB/);
    expect(() => checkSpelling(records, { dataset: "HPO", release: "2024AB" })).not.toThrow();
    expect(() => checkSpelling(records, { dataset: "mesh", release: "2024ab" })).not.toThrow();
  });
});
