import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Tokenizer } from "../../src/encoder/tokenizer.ts";
import { hasPython, PYTHON, why } from "../support/python.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { FIXTURES } from "../support/tiny-encoders.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const SHARED = join(ROOT, "..", "shared");
const RELEASE = join(SHARED, "data", "releases", "openmeta-2026AA.zip");
const E5 = join(SHARED, "models", "e5-small-eu");
const isShared = existsSync(RELEASE);

test.skipIf(!hasPython("tokenizers"))(
  `100,000 strings of a release and 10,000 made ones have Python's ids${why("tokenizers")}`,
  { timeout: 900_000 },
  async () => {
    using folder = temporaryFolder();
    const folders = {
      "termduet-a": join(ROOT, "models", "bundled", "termduet-a"),
      "termduet-b": join(ROOT, "models", "bundled", "termduet-b"),
      "tiny-bert": join(FIXTURES, "tiny-bert"),
      ...(isShared ? { "e5-small-eu": E5 } : {}),
    };
    const to = join(folder.path, "tokens.json");
    const release = isShared ? ["--release", RELEASE, "--real", "100000"] : [];
    const tokenizers = Object.entries(folders).map(([name, at]) => `${name}=${join(at, "tokenizer.json")}`);
    const script = join(FIXTURES, "make_tokens.py");
    execFileSync(PYTHON, [script, "--to", to, "--made", "10000", ...release, ...tokenizers]);
    const { texts, ids }: { texts: string[]; ids: Record<string, number[][]> } = JSON.parse(
      readFileSync(to, "utf8"),
    );
    expect(texts.length).toBe(isShared ? 110_000 : 10_000);
    for (const [name, at] of Object.entries(folders)) {
      const tokenizer = new Tokenizer(at, 128);
      let differing = 0;
      for (let start = 0; start < texts.length; start += 500) {
        const found = await tokenizer.encode(texts.slice(start, start + 500));
        for (const [i, one] of found.entries()) if (one.join() !== ids[name]![start + i]!.join()) differing++;
      }
      expect(differing, name).toBe(0);
    }
  },
);
