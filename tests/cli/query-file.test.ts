import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readQueryFile } from "../../src/cli/query-file.ts";
import { differences, readPlaces, writePlaces } from "../../src/cli/retrieval-runs.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());

function file(name: string, content: string): string {
  const path = join(folder.path, name);
  writeFileSync(path, content);
  return path;
}

test("a batch is one query a line, or lines of JSON with contexts", () => {
  expect(readQueryFile(file("a.txt", "\uFEFFDM\r\n{}\n"))).toEqual([{ query: "DM" }, { query: "{}" }]);
  const lines = '{"query":"DM","context":"a text"}\n{"query":"HD","context":null}\n{"query":"x"}\n';
  expect(readQueryFile(file("a.jsonl", lines))).toEqual([
    { query: "DM", context: "a text" },
    { query: "HD" },
    { query: "x" },
  ]);
});

test.each(['"secret"', '{"query":3}', '{"query":"secret","context":7}', "{secret", "null"])(
  "a line that is no query is refused by its number, and not repeated: %s",
  (line) => {
    const path = file("b.jsonl", `{"query":"x"}\n${line}\n`);
    expect(() => readQueryFile(path)).toThrow(/b\.jsonl, line 2: give/);
    expect(() => readQueryFile(path)).not.toThrow(/secret/);
  },
);

test("the places of a run come back as they were, and are compared with another's of the same queries", async () => {
  const never = Number.POSITIVE_INFINITY;
  const path = join(folder.path, "places.json");
  const before = { strict: { merged: [1, never, 3, 1], a: [1, 1, 1, 1] } };
  await writePlaces(path, before);
  expect(await readPlaces(path, 4)).toEqual(before);
  await expect(readPlaces(path, 5)).rejects.toThrow(/is of 4 queries, this run of 5/);
  const found = differences({ strict: { merged: [1, 1, 1, never], b: [1, 1, 1, 1] } }, before);
  expect(Object.keys(found["strict"]!)).toEqual(["merged"]);
  expect(found["strict"]!["merged"]!.value).toBe(0.25);
});
