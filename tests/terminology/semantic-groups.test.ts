import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { groupOfType, SEMANTIC_GROUPS, semanticGroup } from "../../src/terminology/semantic-groups.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const linesOf = (...path: string[]): string[][] =>
  readFileSync(join(ROOT, ...path), "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split("|"));

// NLM's own table as a public repository carries it (som-shahlab/trove, data/SemGroups.txt): group, its name, TUI, type.
const PUBLISHED = linesOf("tests", "fixtures", "SemGroups.txt");

describe("the semantic groups", () => {
  test("are those of NLM's table, with its names and types, and no others", () => {
    const tuisOf = (group: string): string[] =>
      PUBLISHED.flatMap(([id, , tui]) => (id === group ? [tui!] : [])).sort();
    const published = [...new Set(PUBLISHED.map(([id, name]) => `${id} ${name}`))];
    expect(SEMANTIC_GROUPS.map(({ id, name }) => `${id} ${name}`)).toEqual(published);
    for (const { id, tuis } of SEMANTIC_GROUPS) expect([...tuis].sort(), id).toEqual(tuisOf(id));
  });

  test("have each type once, so that a type has one group", () => {
    for (const [id, , tui] of PUBLISHED) expect(groupOfType(tui!)?.id, tui).toBe(id);
    expect(groupOfType("T999")).toBeUndefined();
  });

  test("know every type of the sample release, by NLM's name", () => {
    const names = new Map(PUBLISHED.map(([, , tui, name]) => [tui, name]));
    for (const [, tui, , name] of linesOf("sample", "META", "MRSTY.RRF")) {
      expect(names.get(tui)).toBe(name);
      expect(groupOfType(tui!)).toBeDefined();
    }
  });

  test("are found by letters and by name", () => {
    expect(semanticGroup("diso")?.name).toBe("Disorders");
    expect(semanticGroup("Chemicals & Drugs")?.id).toBe("CHEM");
    expect(semanticGroup("chemicals")).toBeUndefined();
  });
});
