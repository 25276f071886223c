import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCli } from "../support/run-cli.ts";
import { SAMPLE } from "../support/sample-store.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { tinyEncoder } from "../support/tiny-encoders.ts";

describe("releases of one dataset", () => {
  const folder = temporaryFolder();
  const store = ["--store", `lancedb:${join(folder.path, "store")}`];
  const cli = async (...args: string[]) => {
    const result = await runCli([...args, ...store]);
    return { ...result, json: () => JSON.parse(result.stdout) };
  };
  const active = async (): Promise<string[]> => {
    const records: { release: string; active: boolean }[] = (await cli("releases", "list", "--json")).json();
    return records.filter((r) => r.active).map((r) => r.release);
  };
  let lines: string[];

  beforeAll(async () => {
    const encoder = await tinyEncoder("tiny-bert", join(folder.path, "encoder"));
    lines = readFileSync(join(SAMPLE, "META", "MRCONSO.RRF"), "utf8")
      .split("\n")
      .filter(Boolean);
    const meta = join(folder.path, "META");
    mkdirSync(meta);
    cpSync(join(SAMPLE, "META"), meta, { recursive: true });
    const ingest = async (release: string, source: string): Promise<void> => {
      const args = [
        "ingest",
        source,
        "--dataset",
        "sample",
        "--release",
        release,
        "--encoder",
        encoder.folder,
        "--include-suppressed",
      ];
      expect(await cli(...args)).toMatchObject({ code: 0, stderr: "" });
    };
    await ingest("1", join(SAMPLE, "META"));
    // Two rows go, one comes, and one moves to another concept.
    const moved = lines[10]!.replace(/^C\d+/, "C9899999");
    const came = lines[0]!.split("|").with(7, "A99999999").with(14, "a name that came").join("|");
    writeFileSync(
      join(meta, "MRCONSO.RRF"),
      `${[...lines.filter((_, i) => ![10, 20, 30].includes(i)), moved, came].join("\n")}\n`,
    );
    await ingest("2", meta);
  });
  afterAll(() => folder[Symbol.dispose]());

  test("the one ingested last is active, and the one before comes back", async () => {
    expect(await active()).toEqual(["2"]);
    expect(await cli("releases", "rollback", "sample")).toMatchObject({
      code: 0,
      stdout: "sample 1 is active again\n",
    });
    expect(await active()).toEqual(["1"]);
    expect(await cli("releases", "activate", "sample", "2")).toMatchObject({ code: 0 });
    expect(await active()).toEqual(["2"]);
  });

  test("differ in what came, went and moved", async () => {
    const out = join(folder.path, "changes.tsv");
    const diff = (await cli("releases", "diff", "sample", "1", "2", "--json", "--out", out)).json();
    const texts = (rows: string[]): string[] => rows.map((row) => row.split("|")[14]!);
    const kept = new Set(texts(lines.filter((_, i) => ![10, 20, 30].includes(i))));
    const gone = texts([lines[20]!, lines[30]!]).filter((text) => !kept.has(text));
    expect(diff).toMatchObject({
      strings: { came: 1, went: gone.length, moved: 1 },
      concepts: { came: 1, went: 0 },
    });
    const rows = readFileSync(out, "utf8").split("\n");
    expect(rows).toContain(`came\ta name that came\t\t${lines[0]!.split("|")[0]}`);
    for (const text of gone) expect(rows.some((row) => row.startsWith(`went\t${text}\t`))).toBe(true);
    // Row 10's concept was retired in favour of the one that its string has now; another was deleted.
    const mrcui = join(folder.path, "MRCUI.RRF");
    const old = lines[10]!.slice(0, 8);
    writeFileSync(
      mrcui,
      `${old}|2025AA|RO|||C0000009|Y|\nC0000009|2025AB|SY|||C9899999|Y|\nC0000005|2025AA|DEL||||\n`,
    );
    const args = ["releases", "diff", "sample", "1", "2", "--json", "--mrcui", mrcui];
    expect((await cli(...args)).json().strings).toMatchObject({ moved: 1, followed: 1 });
    expect(diff.strings.followed).toBe(0);
    writeFileSync(mrcui, "no|row\n");
    expect(await cli(...args)).toMatchObject({ code: 1, stderr: expect.stringContaining("line 1") });
    const same = (await cli("releases", "diff", "sample", "1", "1", "--json")).json();
    expect(same.strings).toMatchObject({ came: 0, went: 0, moved: 0 });
  });

  test("can be removed, but not the active one", async () => {
    expect(await cli("releases", "remove", "sample", "2")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("is active"),
    });
    expect(await cli("releases", "remove", "sample", "1")).toMatchObject({ code: 0 });
    expect(await cli("releases", "rollback", "sample")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("no earlier release"),
    });
    expect(await cli("releases", "activate", "sample", "1")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("it holds sample 2"),
    });
  });
});
