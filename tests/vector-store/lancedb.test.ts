import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterAll, expect, test } from "vitest";
import { openStore } from "../../src/vector-store/open-store.ts";
import { clusteredVectors } from "../support/random-vectors.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { storeContract } from "./store-contract.ts";

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());

test("leaves no temporary files behind: Lance does, when it makes an index", async () => {
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
  expect(readdirSync(own.path).sort()).toEqual(["collections.json", "tables"]);
});

storeContract("LanceDB", () => openStore(`lancedb:${folder.path}`));
