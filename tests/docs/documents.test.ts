import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { documents, openApi, readDocument, SHOWN } from "../../tools/docs/documents.ts";
import { RESULTS, withFigures } from "../../tools/docs/figures.ts";
import { blocksOf, commandBlocks, withoutTimes } from "../../tools/docs/markdown-blocks.ts";
import { referencePages } from "../../tools/docs/reference.ts";
import { ROOT, runDocument } from "../../tools/docs/run-document.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const MINUTES = 60_000;
const RUN = documents().filter((path) => path.startsWith("docs/how-to/") || path === "docs/benchmarks.md");

/** The formatter makes the columns of tables as wide as their cells. */
function even(text: string): string {
  return text
    .replace(/ {2,}/g, " ")
    .replace(/-{3,}/g, "---")
    .replace(/\n{2,}/g, "\n")
    .trim();
}

describe.each(SHOWN)("%s", (path) => {
  test("has commands that do what they say, and print what is shown", { timeout: 10 * MINUTES }, async () => {
    using folder = temporaryFolder();
    const blocks = await runDocument(readDocument(path), folder.path);
    expect(blocks.length).toBeGreaterThan(2);
    for (const { commands, code, printed, expected } of blocks) {
      expect([commands, code]).toEqual([commands, 0]);
      if (expected !== undefined) expect(withoutTimes(printed)).toBe(withoutTimes(expected));
    }
  });
});

describe("README and docs", () => {
  const all = documents().map((path) => ({ path, text: readDocument(path) }));

  test("have, of every block of commands, a run in a test or a mark that says why there is none", () => {
    const unmarked = all
      .filter(({ path }) => !SHOWN.includes(path) && !RUN.includes(path))
      .flatMap(({ path, text }) =>
        commandBlocks(text)
          .filter(({ commands }) => commands.notRun === undefined)
          .map(({ commands }) => `${path}:${commands.line + 1}`),
      );
    expect(unmarked).toEqual([]);
  });

  test("have fences that close, and links that lead somewhere", () => {
    for (const { path, text } of all) {
      expect((text.match(/^```/gm) ?? []).length % 2, path).toBe(0);
      for (const [, target] of text.replace(/```[\s\S]*?```/g, "").matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)) {
        if (/^(https?|mailto):/.test(target!)) continue;
        expect(existsSync(join(ROOT, dirname(path), target!)), `${path} → ${target}`).toBe(true);
      }
    }
  });

  test("have their figures from the recorded runs, and no others", () => {
    for (const { path, text } of all) expect(even(withFigures(text)), path).toBe(even(text));
    const readme = readDocument("README.md");
    const byHand = readme
      .replace(/<!-- figures: [\s\S]*?<!-- end of figures -->/g, "")
      .replace(/```[\s\S]*?```/g, "")
      .match(/\b0\.\d{3}\b|\d+ (ms|strings\/s)/g);
    expect(byHand).toBeNull();
  });

  test("name options that the commands have", async () => {
    const { "commands.md": commands } = await referencePages(await openApi());
    for (const { path, text } of all)
      for (const { language, text: block } of blocksOf(text))
        if (language === "sh")
          for (const line of block.split("\n").filter((l) => /^(npx )?termduet /.test(l.trim())))
            for (const [option] of line.replace(/#.*/, "").matchAll(/(?<= )--[a-z-]+/g))
              expect(commands, `${path}: ${option}`).toContain(option);
  });

  test("have a reference that is what the code gives: `npm run docs:reference` makes it", async () => {
    const pages = await referencePages(await openApi());
    for (const [name, text] of Object.entries(pages))
      expect(even(readFileSync(join(ROOT, "docs", "reference", name), "utf8")) === even(text), name).toBe(
        true,
      );
  });

  test("have a README that is read in three minutes", () => {
    const words = readDocument("README.md")
      .replace(/```[\s\S]*?```/g, "")
      .split(/\s+/);
    expect(words.length).toBeLessThan(750);
    expect(
      Math.max(
        ...readDocument("README.md")
          .split("\n")
          .filter((l) => !/^[{|!]/.test(l))
          .map((l) => l.length),
      ),
    ).toBeLessThan(160);
  });
});

describe("how-tos and benchmarks", () => {
  test("have commands that do what they say, and the sample's figures are those that are recorded", {
    timeout: 15 * MINUTES,
  }, async () => {
    using folder = temporaryFolder();
    // In one folder, one after the other: a release that is there already is not encoded again.
    const blocks = await runDocument(RUN.map(readDocument).join("\n"), folder.path);
    for (const { commands, code, printed } of blocks)
      expect([commands, code, code === 0 ? "" : printed]).toEqual([commands, 0, ""]);
    const measured = blocks.find(({ commands }) => commands.includes("evaluate retrieval"))!.printed;
    const recorded = JSON.parse(readFileSync(join(RESULTS, "sample-retrieval.json"), "utf8"));
    for (const method of ["merged", "termduet-a", "termduet-b", "oracle"]) {
      const { value, low, high } = recorded.scores[method].acc1;
      const figures = [value, low, high].map((n: number) => n.toFixed(3));
      expect(measured).toMatch(new RegExp(`${method} +${figures[0]} +${figures[1]}–${figures[2]} `));
    }
  });
});
