import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { convertStore } from "../../src/vector-store/embedded/convert-store.ts";
import { openStore } from "../../src/vector-store/open-store.ts";
import { activeReleases } from "../../src/vector-store/release-record.ts";
import type { VectorStore } from "../../src/vector-store/vector-store.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

/** A store as a version left it: `termduet ingest` of six names of three concepts, with the bundled encoders. */
function unpacked(version: string, folder: string): string {
  const store = join(folder, version);
  mkdirSync(store);
  const archive = join(import.meta.dirname, "..", "fixtures", "stores", `${version}.tar.gz`);
  execFileSync("tar", ["-xzf", archive, "-C", store]);
  return store;
}

async function expectWhole(store: VectorStore): Promise<void> {
  const release = (await activeReleases(store)).find(({ dataset }) => dataset === "old")!;
  const [strings, vectors] = ["old_1__strings", "old_1__termduet-a"];
  expect(release.release).toBe("1");
  expect(await store.count(strings)).toBe(6);
  expect(await store.count(strings, { lat: ["FRE"] })).toBe(2);
  const [kidney] = await store.find(strings, "norm", ["kidney stone"], 5);
  expect(JSON.parse(kidney!.body)).toMatchObject({ text: "Kidney stone" });
  const texts = async (found: ReturnType<VectorStore["find"]>): Promise<string[]> =>
    (await found).map(({ body }) => JSON.parse(body).text).sort();
  expect(await texts(store.findByPrefix(strings, "norm", "heart", 9))).toEqual([
    "Heart attack",
    "Heart disease",
  ]);
  expect(await texts(store.findByWords(strings, "norm", ["attack", "heart"], 9))).toEqual(["Heart attack"]);
  expect(await texts(store.find(strings, "above", [JSON.parse(kidney!.body).concepts[0].cui], 9))).toEqual(
    ["Kidney stone", "Calcul rénal"].sort(),
  );
  const rows = [];
  for await (const part of store.scan(vectors, "bucket", 0, 2 ** 31 - 1)) rows.push(...part);
  expect(rows.map(({ id }) => id)).toContain(kidney!.id);
  const row = rows.findIndex(({ id }) => id === kidney!.id);
  const [hits] = await store.search(vectors, rows[row]!.vector, { limit: 1 });
  expect(hits![0]).toMatchObject({ ordinal: kidney!.ordinal });
  expect(hits![0]!.cosine).toBeCloseTo(1, 5);
}

test("a store of version 0.1 says which command converts it, and holds all it held when it has", async () => {
  using folder = temporaryFolder();
  const store = unpacked("0.1.0", folder.path);
  await expect(openStore(`lancedb:${store}`)).rejects.toMatchObject({
    code: "incompatible",
    message: expect.stringContaining(`termduet upgrade --store lancedb:${store}`),
  });
  expect(await convertStore(store)).toBe(true);
  expect(existsSync(join(store, "tables"))).toBe(false);
  await using converted = await openStore(`lancedb:${store}`);
  await expectWhole(converted);
  expect(await convertStore(store)).toBe(false);
});

test("a store of version 0.2 opens as it is", async () => {
  using folder = temporaryFolder();
  await using store = await openStore(`lancedb:${unpacked("0.2.0", folder.path)}`);
  await expectWhole(store);
});
