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
    writeFileSync(folder.path("a.txt"), "a");
    expect(existsSync(path)).toBe(false);
    folder.commit();
    expect(readFileSync(join(path, "a.txt"), "utf8")).toBe("a");
    expect(readdirSync(join(root.path, "new"))).toEqual(["out"]);
  });

  test("leaves nothing behind when the work fails", () => {
    using root = temporaryFolder();
    const path = join(root.path, "out");
    expect(() => {
      using folder = OutputFolder.begin(path, false);
      writeFileSync(folder.path("a.txt"), "a");
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
    writeFileSync(join(path, "old.txt"), "old");
    using folder = OutputFolder.begin(path, true);
    writeFileSync(folder.path("new.txt"), "new");
    expect(readdirSync(path)).toEqual(["old.txt"]);
    folder.commit();
    expect(readdirSync(path)).toEqual(["new.txt"]);
    expect(readdirSync(root.path)).toEqual(["out"]);
  });

  test("removes what a killed run left", () => {
    using root = temporaryFolder();
    const path = join(root.path, "out");
    mkdirSync(`${path}.partial`);
    writeFileSync(join(`${path}.partial`, "half.txt"), "half");
    using folder = OutputFolder.begin(path, false);
    folder.commit();
    expect(readdirSync(path)).toEqual([]);
  });
});
