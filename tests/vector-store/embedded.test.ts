import { readdirSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openStore } from "../../src/vector-store/open-store.ts";
import { clusteredVectors } from "../support/random-vectors.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { storeContract } from "./store-contract.ts";

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());

test("leaves no temporary files behind", async () => {
  using own = temporaryFolder();
  await using store = await openStore(`lancedb:${own.path}`);
  const [count, dimension] = [10_500, 32];
  await store.createCollection({ name: "c", dimension, fields: {} });
  const ids = Array.from({ length: count }, (_, i) => String(i));
  await store.writeBlock("c", {
    number: 0,
    firstOrdinal: 0,
    ids,
    fields: {},
    vectors: clusteredVectors(count, dimension, 3),
  });
  const before = readdirSync(tmpdir()).filter((name) => name.startsWith(".tmp"));
  await store.finishCollection("c");
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith(".tmp") && !before.includes(name))).toEqual(
    [],
  );
  expect(
    readdirSync(own.path)
      .filter((name) => !name.startsWith("store.sqlite"))
      .sort(),
  ).toEqual(["index", "locks", "rows"]);
  expect(readdirSync(join(own.path, "index"))).toEqual(["c"]);
});

test.each(["vectors", "ends"])("says what to do about a copy without its rows (%s)", async (kind) => {
  using own = temporaryFolder();
  {
    await using store = await openStore(`lancedb:${own.path}`);
    await store.createCollection({ name: "v", dimension: 4, fields: {} });
    await store.createCollection({ name: "d", fields: {} });
    const block = { number: 0, firstOrdinal: 0, ids: ["a"], fields: {} };
    await store.writeBlock("v", { ...block, vectors: new Float32Array([1, 0, 0, 0]) });
    await store.writeBlock("d", { ...block, bodies: ["{}"] });
  }
  const name = kind === "vectors" ? "v" : "d";
  for (const damage of [(path: string) => truncateSync(path, 3), (path: string) => rmSync(path)]) {
    damage(join(own.path, "rows", `${name}.${kind}`));
    await using store = await openStore(`lancedb:${own.path}`);
    await expect(store.count(name)).rejects.toMatchObject({
      code: "bad-input",
      message: expect.stringMatching(/(is damaged: .*--restart|does not hold all of [vd]; ingest it again)/),
    });
  }
});

test("refuses an id that its rows can't hold", async () => {
  using own = temporaryFolder();
  await using store = await openStore(`lancedb:${own.path}`);
  await store.createCollection({ name: "v", dimension: 1, fields: {} });
  const write = (id: string): Promise<void> =>
    store.writeBlock("v", {
      number: 0,
      firstOrdinal: 0,
      ids: [id],
      fields: {},
      vectors: new Float32Array([1]),
    });
  await write("x".repeat(39));
  await expect(write("x".repeat(40))).rejects.toMatchObject({ code: "usage" });
});

storeContract("embedded", () => openStore(`lancedb:${folder.path}`));
