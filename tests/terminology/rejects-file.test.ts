import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { RejectsFile, rejectOf, tooMany } from "../../src/terminology/rejects-file.ts";
import { TempFolder } from "./support/temp-folder.ts";

describe("the rejects file", () => {
  it("is made at the first reject, with a header, one row each", () => {
    using folder = new TempFolder();
    const path = `${folder.path}/rejects.tsv`;
    using rejects = new RejectsFile(path);
    expect(existsSync(path)).toBe(false);
    rejects.add(rejectOf("MRCONSO.RRF", 7, "empty STR", "C1|ENG|"));
    expect(readFileSync(path, "utf8")).toBe("file\tline\treason\ttext\nMRCONSO.RRF\t7\tempty STR\tC1|ENG|\n");
    expect(rejects.count).toBe(1);
  });

  it("keeps each reject on one line, whatever is in it", () => {
    using folder = new TempFolder();
    const path = `${folder.path}/rejects.tsv`;
    {
      using rejects = new RejectsFile(path);
      rejects.add({ file: "a\tb", line: 1, reason: "x\ny", text: "back\\slash\rreturn" });
    }
    expect(readFileSync(path, "utf8").split("\n")[1]).toBe("a\\tb\t1\tx\\ny\tback\\\\slash\\rreturn");
  });

  it("holds many rejects, all written when it is closed", () => {
    using folder = new TempFolder();
    const path = `${folder.path}/rejects.tsv`;
    {
      using rejects = new RejectsFile(path);
      for (let line = 1; line <= 50_000; line++) rejects.add(rejectOf("f", line, "é", "t"));
      expect(rejects.count).toBe(50_000);
    }
    const lines = readFileSync(path, "utf8").trimEnd().split("\n");
    expect(lines).toHaveLength(50_001);
    expect(lines.at(-1)).toBe("f\t50000\té\tt");
  });

  it("replaces that of an earlier run, also when there is nothing to reject", () => {
    using folder = new TempFolder();
    const path = folder.write("rejects.tsv", "old");
    using _ = new RejectsFile(path);
    expect(existsSync(path)).toBe(false);
  });

  it("adds to that of a run which it resumes, without a second header", () => {
    using folder = new TempFolder();
    const path = `${folder.path}/rejects.tsv`;
    for (const line of [1, 2]) {
      using rejects = new RejectsFile(path, { append: true });
      rejects.add(rejectOf("f", line, "r", "t"));
    }
    expect(readFileSync(path, "utf8")).toBe("file\tline\treason\ttext\nf\t1\tr\tt\nf\t2\tr\tt\n");
  });

  it("is an error when it cannot be written, with the path", () => {
    using rejects = new RejectsFile("/no/such/folder/rejects.tsv");
    expect(() => rejects.add(rejectOf("f", 1, "r", "t"))).toThrow(
      /the rejects file \/no\/such\/folder\/rejects\.tsv/,
    );
  });

  it.skipIf(!existsSync("/dev/full"))("is an error of its own when the disk is full", () => {
    using rejects = new RejectsFile("/dev/full", { append: true });
    expect(() => rejects.add(rejectOf("f", 1, "r", "t"))).toThrow(
      expect.objectContaining({ code: "no-space" }),
    );
  });

  it.each([
    [1_000, 1, 0.001, false],
    [1_000, 2, 0.001, true],
    [10, 1, 0.001, true],
    [10, 0, 0, false],
    [0, 0, 0.001, false],
    [10, 10, 1, false],
  ])("of %d rows, %d rejects against a share of %d are too many: %s", (rows, rejects, share, expected) => {
    expect(tooMany(rows, rejects, share)).toBe(expected);
  });
});
