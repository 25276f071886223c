import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Tokenizer } from "../../src/encoder/tokenizer.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { FIXTURES } from "../support/tiny-encoders.ts";

/** Written by tests/fixtures/make_tokens.py with Python's `tokenizers`, which trains what we run. */
const { texts, ids }: { texts: string[]; ids: Record<string, number[][]> } = JSON.parse(
  readFileSync(join(FIXTURES, "tokens.json"), "utf8"),
);
const BUNDLED = join(import.meta.dirname, "..", "..", "models", "bundled");

test.each([
  ["tiny-bert", FIXTURES],
  ["tiny-xlmr", FIXTURES],
  ["termduet-a", BUNDLED],
  ["termduet-b", BUNDLED],
])("texts of all scripts have the ids for %s that Python gives them", async (name, folder) => {
  expect(await new Tokenizer(join(folder, name), 128).encode(texts)).toEqual(ids[name]);
});

test("a name has the same pieces whatever stands before it", async () => {
  const tokenizer = new Tokenizer(join(BUNDLED, "termduet-b"), 128);
  const names = [
    "bronchite aiguë",
    "atrial fibrillation",
    "otite moyenne aiguë",
    "trachealstenose, kongenitale",
  ];
  const [alone, after] = [
    await tokenizer.encode(names),
    await tokenizer.encode(names.map((name) => `acute ${name}`)),
  ];
  for (const [i, ids] of alone.entries()) expect(after[i]!.slice(-ids.length + 1)).toEqual(ids.slice(1));
});

test("a text that could stall an encoder is cut, between characters", async () => {
  const tokenizer = new Tokenizer(join(FIXTURES, "tiny-xlmr"), 64);
  const [long] = await tokenizer.encode([`a${"😀".repeat(1_000_000)}`]);
  expect(long!.length).toBeLessThanOrEqual(64);
});

test("a file that is no tokenizer is named, in one line", () => {
  using folder = temporaryFolder();
  const path = join(folder.path, "tokenizer.json");
  expect(() => new Tokenizer(folder.path, 64)).toThrow(/tokenizer\.json is missing/);
  writeFileSync(path, '{"model":');
  expect(() => new Tokenizer(folder.path, 64)).toThrow(
    /^[^\n]*tokenizer\.json is missing or no tokenizer[^\n]*$/,
  );
});
