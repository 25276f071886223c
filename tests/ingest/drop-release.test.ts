import { expect, test } from "vitest";
import { forgetRelease } from "../../ingest/finish/switch-release.ts";
import { closenessKeys } from "../../src/retrieval/rank/closeness.ts";
import { type ReleaseRecord, releaseKey } from "../../src/vector-store/release-record.ts";
import type { VectorStore } from "../../src/vector-store/vector-store.ts";

function record(generation: number): ReleaseRecord {
  const strings = `d_1_g${generation}__strings`;
  const of = { dataset: "d", release: "1", generation, fingerprint: "f", strings, concepts: "c" };
  return { ...of, encoders: [], counts: { strings: 0, concepts: 0 } } as unknown as ReleaseRecord;
}

test("a release that is removed takes with it what was learnt of it, and nothing of another", async () => {
  const [old, next] = [record(1), record(2)];
  const kept = [releaseKey(next), `${closenessKeys(next)}h`, "history/d"];
  const metadata = new Map<string, unknown>(
    [releaseKey(old), `${closenessKeys(old)}h`, `${closenessKeys(old)}h+i`, ...kept].map((key) => [key, {}]),
  );
  const store = {
    metadata: async () => Object.fromEntries(metadata),
    deleteMetadata: async (key: string) => void metadata.delete(key),
  };
  await forgetRelease(store as unknown as VectorStore, old);
  expect([...metadata.keys()].sort()).toEqual(kept.sort());
});
