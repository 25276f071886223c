import { appendFileSync, cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dropCollections, forgetRelease } from "../../ingest/finish/switch-release.ts";
import { ingest } from "../../ingest/ingest.ts";
import type { EncoderFolder } from "../../src/encoder/encoder-manifest.ts";
import { openStore } from "../../src/vector-store/open-store.ts";
import { activeReleases, type ReleaseRecord } from "../../src/vector-store/release-record.ts";
import type { VectorStore } from "../../src/vector-store/vector-store.ts";
import { storeContents } from "../support/store-contents.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { tinyEncoder } from "../support/tiny-encoders.ts";

const SAMPLE = join(import.meta.dirname, "..", "..", "sample", "META");

describe("the definitions of a release", () => {
  const folder = temporaryFolder();
  let knowing: EncoderFolder;
  let other: EncoderFolder;
  let store: VectorStore;

  const put = async (source: string, release: string): Promise<ReleaseRecord> => {
    await ingest({
      source,
      dataset: "sample",
      release,
      store,
      encoders: [knowing, other],
      provider: "cpu",
      workers: 1,
      filters: {},
      maxRejectShare: 0,
      atomsPerBlock: 500,
      mode: "new",
      dryRun: false,
      workFolder: join(folder.path, "work"),
      rejectsFolder: join(folder.path, "rejects"),
    });
    const [record] = await activeReleases(store);
    return record!;
  };
  /** Distinct texts of MRDEF, as far as an encoder reads them, with the concepts that they define. */
  const defined = (): Map<string, Set<string>> => {
    const texts = new Map<string, Set<string>>();
    for (const line of readFileSync(join(SAMPLE, "MRDEF.RRF"), "utf8").split("\n").filter(Boolean)) {
      const [cui, , , , , whole] = line.split("|") as [string, ...string[]];
      const text = whole!.trim().split(/\s+/).slice(0, 40).join(" ");
      texts.set(text, (texts.get(text) ?? new Set()).add(cui));
    }
    return texts;
  };

  beforeAll(async () => {
    knowing = await tinyEncoder("tiny-bert", join(folder.path, "a"), {
      definitions: { from: 0.5, weight: 0.3 },
    });
    other = await tinyEncoder("tiny-xlmr", join(folder.path, "b"));
    store = await openStore(`lancedb:${join(folder.path, "store")}`);
    await put(SAMPLE, "1");
  });
  afterAll(async () => {
    await store[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  test("are encoded each once, by the encoder that knows definitions alone", async () => {
    const { record, definitions, vectors } = await storeContents(store);
    const wanted = defined();
    expect(record.definitions).toMatchObject({
      count: wanted.size,
      vectors: [{ encoder: knowing.manifest.id }],
    });
    expect(definitions.size).toBe(wanted.size);
    expect(vectors.get(`${knowing.manifest.id}.definitions`)!.size).toBe(wanted.size);
    expect([...vectors.keys()]).toHaveLength(3);
  });

  test("name every concept that they define", async () => {
    const { definitions } = await storeContents(store);
    const found = [...definitions.values()].map(
      (body) => JSON.parse(body) as { text: string; cuis: string[] },
    );
    const wanted = [...defined()].map(([text, cuis]) => ({ text, cuis: [...cuis].sort() }));
    const byText = (a: { text: string }, b: { text: string }): number => (a.text < b.text ? -1 : 1);
    expect(found.sort(byText)).toEqual(wanted.sort(byText));
  });

  test("are copied into the next release where their words are the same, and go with their release", async () => {
    const next = join(folder.path, "META");
    cpSync(SAMPLE, next, { recursive: true });
    const path = join(next, "MRDEF.RRF");
    const lines = readFileSync(path, "utf8").split("\n");
    const [first] = lines as [string];
    writeFileSync(path, lines.slice(1).join("\n"));
    const fields = first.split("|");
    appendFileSync(
      path,
      `${[...fields.slice(0, 5), "Said in words that nobody has used.", ...fields.slice(6)].join("|")}\n`,
    );
    const before = await storeContents(store);
    const record = await put(next, "2");
    const after = await storeContents(store);
    const id = `${knowing.manifest.id}.definitions`;
    const [old, now] = [before.vectors.get(id)!, after.vectors.get(id)!];
    const kept = [...now.keys()].filter((key) => old.has(key));
    expect(kept).toHaveLength(old.size - 1);
    for (const key of kept) expect(now.get(key)).toEqual(old.get(key));
    await forgetRelease(store, record);
    await dropCollections(store, [record]);
    expect((await store.collections()).filter((name) => name.includes("_2__"))).toEqual([]);
  });
});
