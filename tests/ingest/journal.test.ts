import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type IngestPlan, Journal } from "../../ingest/work/journal.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const PLAN: IngestPlan = {
  dataset: "d",
  release: "1",
  generation: 1,
  fingerprint: "f",
  encoders: [{ id: "a", hash: "h" }],
  store: "lancedb:x",
};
const COUNTS = { count: 3, encoded: 2, copied: 1 };

/** Unfinished work in a folder that is gone when its scope ends. */
function begun(): Disposable & { folder: string } {
  const temporary = temporaryFolder();
  const folder = join(temporary.path, "d-1");
  using journal = new Journal(folder, PLAN, "new");
  journal.stageDone("read", { atoms: 3 });
  journal.blockDone(0, "strings", COUNTS);
  return { folder, [Symbol.dispose]: () => temporary[Symbol.dispose]() };
}

describe("the journal of an ingest", () => {
  test("knows after a crash what was done, and forgets a line that the crash cut", () => {
    using work = begun();
    const { folder } = work;
    appendFileSync(join(folder, "journal.jsonl"), '{"stage":"cut');
    {
      using journal = new Journal(folder, PLAN, "resume");
      expect(journal.stage("read")).toEqual({ atoms: 3 });
      expect(journal.block(0, "strings")).toMatchObject(COUNTS);
      expect(journal.block(1, "strings")).toBeUndefined();
      journal.stageDone("vectors", 1);
    }
    using again = new Journal(folder, PLAN, "resume");
    expect(again.stage("vectors")).toBe(1);
  });

  test("is not begun over unfinished work without a word", () => {
    using work = begun();
    expect(() => new Journal(work.folder, PLAN, "new")).toThrow(/was not finished .*--resume.*--restart/);
  });

  test.each([
    ["another source", { ...PLAN, fingerprint: "g" }],
    ["other encoders", { ...PLAN, encoders: [] }],
  ])("does not go on with %s; throws it away when told to", (_, plan) => {
    using work = begun();
    const { folder } = work;
    expect(() => new Journal(folder, plan, "resume")).toThrow(/another source.*--restart/);
    using journal = new Journal(folder, plan, "restart");
    expect(journal.stage("read")).toBeUndefined();
  });

  test("does not go on with what another version left in another layout", () => {
    using work = begun();
    const { folder } = work;
    const file = join(folder, "plan.json");
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), layout: 0 }));
    expect(() => new Journal(folder, PLAN, "resume")).toThrow(/another version of termduet.*--restart/);
    using journal = new Journal(folder, PLAN, "either");
    expect(journal.stage("read")).toBeUndefined();
  });

  test("refuses a second run while the first is alive, and says who that is", () => {
    using work = begun();
    using _ = new Journal(work.folder, PLAN, "resume");
    expect(() => new Journal(work.folder, PLAN, "restart")).toThrow(
      new RegExp(`is held by an ingest of d 1 \\(process ${process.pid} on .*; wait for it, or stop it`),
    );
  });

  test("goes on with the generation that was begun, whichever would be next now", () => {
    using work = begun();
    using journal = new Journal(work.folder, { ...PLAN, generation: 7 }, "resume");
    expect(journal.generation).toBe(1);
  });

  test.each(["journal.jsonl", "plan.json"])("says which file is damaged, and what to do (%s)", (file) => {
    using work = begun();
    writeFileSync(join(work.folder, file), "{\0\0\0\n");
    expect(() => new Journal(work.folder, PLAN, "resume")).toThrow(/is damaged.*--restart/);
    using journal = new Journal(work.folder, PLAN, "restart");
    expect(journal.stage("read")).toBeUndefined();
  });
});
