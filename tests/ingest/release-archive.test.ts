import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exportRelease } from "../../ingest/releases/export-release.ts";
import { importRelease } from "../../ingest/releases/import-release.ts";
import { openStore } from "../../src/vector-store/open-store.ts";
import { activeReleases, type ReleaseRecord } from "../../src/vector-store/release-record.ts";
import type { VectorStore } from "../../src/vector-store/vector-store.ts";
import { type FoundQdrant, findQdrant, withoutQdrant } from "../support/qdrant-server.ts";
import { runCli } from "../support/run-cli.ts";
import { type SampleStore, sampleStore } from "../support/sample-store.ts";
import { storeContents } from "../support/store-contents.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const folder = temporaryFolder();
const archive = join(folder.path, "archive");
const lance = (name: string): Promise<VectorStore> => openStore(`lancedb:${join(folder.path, name)}`);
let sample: SampleStore;
let record: ReleaseRecord;

beforeAll(async () => {
  sample = await sampleStore(folder.path);
  [record] = (await activeReleases(sample.store)) as [ReleaseRecord];
  await exportRelease(sample.store, record, archive);
});
afterAll(async () => {
  await sample[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

async function expectSameContents(store: VectorStore): Promise<void> {
  const [before, after] = [await storeContents(sample.store), await storeContents(store)];
  expect(after.record.counts).toEqual(before.record.counts);
  expect([...after.strings]).toEqual([...before.strings]);
  expect([...after.concepts]).toEqual([...before.concepts]);
  expect(after.definitions.size).toBeGreaterThan(0);
  expect([...after.definitions]).toEqual([...before.definitions]);
  expect([...after.vectors]).toEqual([...before.vectors]);
  const lookups = [
    ["code", "22298006"],
    ["norm", "heart attack"],
    ["cui", "C0027051"],
    ["above", "C0027051"],
  ] as const;
  for (const [field, value] of lookups) {
    const found = await store.find(after.record.strings, field, [value], 50);
    expect(found).toEqual(await sample.store.find(before.record.strings, field, [value], 50));
  }
}

describe("an exported release", () => {
  test("is, imported into another embedded store, the same release", async () => {
    await using store = await lance("second");
    expect(await importRelease(store, archive)).toMatchObject({ status: "imported" });
    await expectSameContents(store);
  });

  test("is not imported twice", async () => {
    await using store = await lance("second");
    expect(await importRelease(store, archive)).toMatchObject({ status: "unchanged" });
  });

  test.skipIf(withoutQdrant)("goes to Qdrant and back, and is the same release everywhere", async () => {
    await using server: FoundQdrant = await findQdrant();
    await using store = await openStore(`qdrant+${server.origin}`);
    await importRelease(store, archive);
    await expectSameContents(store);
    const back = join(folder.path, "back");
    const [there] = (await activeReleases(store)) as [ReleaseRecord];
    await exportRelease(store, there, back);
    const sums = (path: string): string[] =>
      JSON.parse(readFileSync(join(path, "manifest.json"), "utf8")).files.map(
        (f: { sha256: string }) => f.sha256,
      );
    expect(sums(back)).toEqual(sums(archive));
  });

  test.each([
    ["damaged", (path: string): void => flipByte(path), /is damaged/],
    ["missing", (path: string): void => rmSync(path), /is missing/],
  ])("of which a file is %s changes nothing", async (name, harm, message) => {
    const copy = join(folder.path, `harmed-${name}`);
    await exportRelease(sample.store, record, copy);
    const file = readdirSync(copy).find((f) => f.startsWith("tiny-xlmr"))!;
    harm(join(copy, file));
    await using store = await lance(`target-${name}`);
    await expect(importRelease(store, copy)).rejects.toMatchObject({
      code: "bad-input",
      message: expect.stringMatching(message),
    });
    expect(await store.collections()).toEqual([]);
    expect(await store.metadata()).toEqual({});
  });

  test("without its manifest is none", async () => {
    const copy = join(folder.path, "unfinished");
    await exportRelease(sample.store, record, copy);
    rmSync(join(copy, "manifest.json"));
    await using store = await lance("none");
    await expect(importRelease(store, copy)).rejects.toMatchObject({ code: "not-found" });
    writeFileSync(join(copy, "manifest.json"), "{}");
    await expect(importRelease(store, copy)).rejects.toMatchObject({ code: "bad-input" });
  });

  test("whose record was altered is refused", async () => {
    const altered = join(folder.path, "altered");
    cpSync(archive, altered, { recursive: true });
    const file = join(altered, "manifest.json");
    writeFileSync(file, readFileSync(file, "utf8").replace(/"dimension": 32/, '"dimension": 31'));
    using other = temporaryFolder();
    await using store = await openStore(`lancedb:${other.path}`);
    await expect(importRelease(store, altered)).rejects.toMatchObject({
      code: "bad-input",
      message: expect.stringMatching(/manifest\.json is damaged/),
    });
  });

  test("goes to an empty folder alone", async () => {
    await expect(exportRelease(sample.store, record, archive)).rejects.toMatchObject({ code: "conflict" });
  });

  test("passes through the command line", async () => {
    const out = join(folder.path, "by-command");
    const from = ["--store", `lancedb:${join(folder.path, "store")}`];
    expect(await runCli(["releases", "export", "sample", "1", "--out", out, ...from])).toMatchObject({
      code: 0,
    });
    const to = ["--store", `lancedb:${join(folder.path, "third")}`];
    expect(await runCli(["releases", "import", out, ...to])).toMatchObject({
      code: 0,
      stdout: "sample 1 is active\n",
    });
    const listed = await runCli(["releases", "list", "--json", ...to]);
    expect(JSON.parse(listed.stdout)).toMatchObject([{ dataset: "sample", release: "1", active: true }]);
  });
});

function flipByte(path: string): void {
  const bytes = readFileSync(path);
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(path, bytes);
}
