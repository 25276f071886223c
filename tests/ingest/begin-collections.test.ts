import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Journal } from "../../ingest/work/journal.ts";
import { Shard } from "../../ingest/work/shard.ts";
import { beginCollections } from "../../ingest/write/begin-collections.ts";
import { vectorsSpec } from "../../src/vector-store/release-record.ts";
import type { VectorStore } from "../../src/vector-store/vector-store.ts";

const WANTED = ["a", "b", "c"].map((name) => ({ spec: vectorsSpec(name, 4), earlier: `old-${name}` }));

/** A store that takes its time for each copy, makes all but that of `b`, and says what it was asked. */
function slowStore(): { store: VectorStore; asked: string[]; mostAtOnce: () => number } {
  const asked: string[] = [];
  let [running, most] = [0, 0];
  const store = {
    copies: {
      begin: async (from: string, { name }: { name: string }) => {
        most = Math.max(most, ++running);
        await setTimeout(5);
        running--;
        asked.push(`${from} to ${name}`);
        return name !== "b";
      },
    },
    createCollection: ({ name }: { name: string }) => {
      asked.push(`new ${name}`);
      return Promise.resolve();
    },
  } as unknown as VectorStore;
  return { store, asked, mostAtOnce: () => most };
}

function journal(): Journal {
  const stages = new Map<string, unknown>();
  return {
    stage: (name: string) => stages.get(name),
    stageDone: (name: string, result: unknown) => stages.set(name, result),
  } as unknown as Journal;
}

test("collections are copied one after the other, those that can't be are begun empty, and a resumed ingest begins none", async () => {
  const { store, asked, mostAtOnce } = slowStore();
  const work = { store, journal: journal(), shard: new Shard() };
  const copies = await beginCollections({ ...work, mends: false }, WANTED);
  expect([...copies]).toEqual(["a", "c"]);
  expect(asked).toEqual(["old-a to a", "old-b to b", "old-c to c", "new b"]);
  expect(mostAtOnce()).toBe(1);
  expect([...(await beginCollections({ ...work, mends: false }, WANTED))]).toEqual(["a", "c"]);
  expect(asked).toHaveLength(4);
});

test("a part of a release copies no collection, as other processes write to it", async () => {
  const { store, asked } = slowStore();
  const copies = await beginCollections(
    { store, journal: journal(), shard: new Shard(2, 3), mends: false },
    WANTED,
  );
  expect([...copies]).toEqual([]);
  expect(asked).toEqual(["new a", "new b", "new c"]);
});
