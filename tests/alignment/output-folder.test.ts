import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { OutputFolder } from "../../src/alignment/output-folder.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

describe("a folder of results", () => {
  test("appears when it is complete, and not before", () => {
    using root = temporaryFolder();
    const path = join(root.path, "new", "out");
    using folder = OutputFolder.begin(path, false);
    writeFileSync(folder.path("usagi.csv"), "a");
    expect(existsSync(path)).toBe(false);
    folder.commit();
    expect(readFileSync(join(path, "usagi.csv"), "utf8")).toBe("a");
    expect(readdirSync(join(root.path, "new"))).toEqual(["out"]);
  });

  test("leaves nothing behind when the work fails", () => {
    using root = temporaryFolder();
    const path = join(root.path, "out");
    expect(() => {
      using folder = OutputFolder.begin(path, false);
      writeFileSync(folder.path("usagi.csv"), "a");
      throw new Error("the disk is full");
    }).toThrow("the disk is full");
    expect(readdirSync(root.path)).toEqual([]);
  });

  test("is refused where there are files already, and says how to replace them", () => {
    using root = temporaryFolder();
    const path = join(root.path, "out");
    mkdirSync(path);
    writeFileSync(join(path, "mine.txt"), "mine");
    expect(() => OutputFolder.begin(path, false)).toThrow(/already holds files.*--force/);
    expect(() => OutputFolder.begin(join(path, "mine.txt"), true)).toThrow(/is a file/);
    expect(readFileSync(join(path, "mine.txt"), "utf8")).toBe("mine");
  });

  test("replaces an old one whole with force, and keeps the old one until then", () => {
    using root = temporaryFolder();
    const path = join(root.path, "out");
    mkdirSync(path);
    writeFileSync(join(path, "usagi.csv"), "old");
    using folder = OutputFolder.begin(path, true);
    writeFileSync(folder.path("summary.json"), "new");
    expect(readdirSync(path)).toEqual(["usagi.csv"]);
    folder.commit();
    expect(readdirSync(path)).toEqual(["summary.json"]);
    expect(readdirSync(root.path)).toEqual(["out"]);
  });

  test("removes nothing that is not its own, with force either, whenever it came there", () => {
    using root = temporaryFolder();
    const path = join(root.path, "out");
    mkdirSync(join(path, "chapters"), { recursive: true });
    const own = ["out.partial", "out.replaced", "out.draft-mine"];
    for (const name of own) mkdirSync(join(root.path, name));
    expect(() => OutputFolder.begin(path, true)).toThrow(/not of an alignment \(chapters\)/);
    using folder = OutputFolder.begin(join(root.path, "new"), true);
    mkdirSync(join(root.path, "new"));
    writeFileSync(join(root.path, "new", "thesis.docx"), "years");
    expect(() => folder.commit()).toThrow(/not of an alignment \(thesis\.docx\)/);
    folder[Symbol.dispose]();
    expect(readFileSync(join(root.path, "new", "thesis.docx"), "utf8")).toBe("years");
    expect(readdirSync(root.path).sort()).toEqual(["new", "out", ...own].sort());
  });

  test("removes what a killed run left", () => {
    using root = temporaryFolder();
    const path = join(root.path, "out");
    OutputFolder.begin(path, false).path("usagi.csv"); // and never disposed of
    using folder = OutputFolder.begin(path, false);
    folder.commit();
    expect(readdirSync(root.path)).toEqual(["out"]);
    expect(readdirSync(path)).toEqual([]);
  });
});
