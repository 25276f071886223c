import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type IngestOptions, ingest } from "../../ingest/ingest.ts";
import { exportRelease } from "../../ingest/releases/export-release.ts";
import { importRelease } from "../../ingest/releases/import-release.ts";
import type { EncoderFolder } from "../../src/encoder/encoder-manifest.ts";
import { openStore } from "../../src/vector-store/open-store.ts";
import type { Block, CollectionSpec, VectorStore } from "../../src/vector-store/vector-store.ts";
import { emptyStore } from "../support/empty-store.ts";
import { type FoundQdrant, findQdrant, withoutQdrant } from "../support/qdrant-server.ts";
import { clusteredVectors } from "../support/random-vectors.ts";
import { SAMPLE, sampleIngest } from "../support/sample-store.ts";
import { storeContents } from "../support/store-contents.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { tinyEncoder } from "../support/tiny-encoders.ts";

const META = join(SAMPLE, "META");

if (withoutQdrant) test.skip(`copies of collections in a real Qdrant (${withoutQdrant})`, () => undefined);
else {
  const folder = temporaryFolder();
  let server: FoundQdrant;
  const open = (query = ""): Promise<VectorStore> => openStore(`qdrant+${server.origin}${query}`);
  const empty = async (): Promise<void> => {
    await using store = await open();
    await emptyStore(store);
  };

  beforeAll(async () => {
    server = await findQdrant();
  });
  beforeEach(empty);
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  describe("a release that follows another", () => {
    let encoders: EncoderFolder[];
    let revised: string;
    const optionsFor = (name: string, store: VectorStore, changes: Partial<IngestOptions>): IngestOptions =>
      sampleIngest(join(folder.path, name), { store, encoders, ...changes });

    beforeAll(async () => {
      encoders = [
        await tinyEncoder("tiny-bert", join(folder.path, "a"), { definitions: { from: 0.5, weight: 0.3 } }),
        await tinyEncoder("tiny-xlmr", join(folder.path, "b")),
      ];
      revised = join(folder.path, "META-2");
      mkdirSync(revised);
      cpSync(META, revised, { recursive: true });
      const lines = readFileSync(join(META, "MRCONSO.RRF"), "utf8").split("\n").filter(Boolean);
      const changed = lines.flatMap((line, i) => {
        const cells = line.split("|");
        if (i % 41 === 0) return []; // went
        if (i % 43 === 0) return [cells.with(11, "NEWSAB").join("|")]; // another source
        if (i % 47 === 0) return [line, cells.with(7, `A9${i}`).with(14, `${cells[14]} anew`).join("|")]; // came
        return [line];
      });
      writeFileSync(join(revised, "MRCONSO.RRF"), `${changed.join("\n")}\n`);
      const definitions = readFileSync(join(META, "MRDEF.RRF"), "utf8").split("\n").filter(Boolean);
      const others = definitions.slice(3).map((line, i) => (i % 5 === 0 ? line.replace(/e/g, "é") : line));
      writeFileSync(join(revised, "MRDEF.RRF"), `${others.join("\n")}\n`);
    });

    const freshly = async (): Promise<Awaited<ReturnType<typeof storeContents>>> => {
      await using store = await open();
      await ingest(optionsFor("fresh", store, { source: revised, release: "2" }));
      const contents = await storeContents(store);
      await empty();
      return contents;
    };
    const expectSame = async (
      store: VectorStore,
      wanted: Awaited<ReturnType<typeof storeContents>>,
    ): Promise<void> => {
      const held = await storeContents(store);
      expect(held.record.release).toBe("2");
      expect(held.record.counts).toEqual(wanted.record.counts);
      expect([...held.strings]).toEqual([...wanted.strings]);
      expect([...held.concepts]).toEqual([...wanted.concepts]);
      expect([...held.definitions]).toEqual([...wanted.definitions]);
      for (const [encoder, vectors] of held.vectors) {
        const others = wanted.vectors.get(encoder)!;
        expect([...vectors.keys()]).toEqual([...others.keys()]);
        // A vector that is encoded in another batch may differ in its last bits.
        for (const [id, vector] of vectors) {
          const other = others.get(id)!;
          expect(vector.reduce((sum, x, d) => sum + x * other[d]!, 0)).toBeGreaterThan(0.9999);
        }
      }
    };

    test("begins with copies and is then what an ingest from nothing makes", async () => {
      const wanted = await freshly();
      await using store = await open();
      await ingest(optionsFor("copied", store, {}));
      const begin = vi.spyOn(store.copies!, "begin");
      const { encoders: done } = await ingest(optionsFor("copied", store, { source: revised, release: "2" }));
      // Strings and definitions, as documents and as vectors of those that know them.
      expect(await Promise.all(begin.mock.results.map(({ value }) => value))).toEqual(Array(5).fill(true));
      const { strings } = wanted.record.counts;
      for (const { encoded, copied, recallAt10 } of done) {
        expect(encoded).toBeGreaterThan(0);
        expect(encoded).toBeLessThan(0.05 * strings);
        expect(encoded + copied).toBe(strings);
        expect(recallAt10).toBeGreaterThan(0.99);
      }
      await expectSame(store, wanted);
      // What is found by words, prefixes and filters is found in the copy as well.
      const { record } = await storeContents(store);
      expect(await store.findByWords(record.strings, "norm", ["anew"], 500)).not.toHaveLength(0);
      expect(await store.count(record.strings, { sab: ["NEWSAB"] })).toBe(record.counts.bySab["NEWSAB"]);
      expect(await store.count(record.encoders[0]!.collection, { sab: ["NEWSAB"] })).toBeGreaterThan(0);
    });

    test("refuses a vector that changed on the server, and encodes it anew under --restart", async () => {
      const wanted = await freshly();
      await using store = await open();
      await ingest(optionsFor("damaged", store, {}));
      const { record } = await storeContents(store);
      const { collection } = record.encoders[0]!;
      const [point] = await scroll(collection);
      const vector = point!.vector.with(3, -point!.vector[3]! + 0.02);
      await fetch(`${server.origin}/collections/${collection}/points/vectors?wait=true`, {
        method: "PUT",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ points: [{ id: point!.id, vector }] }),
      });
      const next = (mode: IngestOptions["mode"]) =>
        ingest(optionsFor("damaged", store, { source: revised, release: "2", mode }));
      await expect(next("new")).rejects.toMatchObject({
        code: "bad-input",
        message: expect.stringMatching(/the vector of point \d+ in .* is damaged.*--restart/),
      });
      await next("restart");
      await expectSame(store, wanted);
    });

    const scroll = async (collection: string): Promise<{ id: number; vector: number[] }[]> => {
      const response = await fetch(`${server.origin}/collections/${collection}/points/scroll`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ limit: 1, with_vector: true, with_payload: false }),
      });
      return ((await response.json()) as { result: { points: { id: number; vector: number[] }[] } }).result
        .points;
    };

    test("encodes nothing that an imported release has, whose records have no keys", async () => {
      const wanted = await freshly();
      await using store = await open();
      await ingest(optionsFor("exported", store, {}));
      const archive = join(folder.path, "archive");
      await exportRelease(store, (await storeContents(store)).record, archive);
      await empty();
      await importRelease(store, archive);
      const { encoders: done } = await ingest(
        optionsFor("imported", store, { source: revised, release: "2" }),
      );
      for (const { encoded, copied } of done) {
        expect(encoded).toBeLessThan(0.05 * wanted.record.counts.strings);
        expect(encoded + copied).toBe(wanted.record.counts.strings);
      }
      await expectSame(store, wanted);
    }, 180_000);

    test("goes on after it was stopped among its changes, and loses and doubles nothing", async () => {
      const wanted = await freshly();
      await using store = await open();
      await ingest(optionsFor("stopped", store, {}));
      const again = { source: revised, release: "2", atomsPerBlock: 200 };
      for (let stop = 1; stop < 4; stop++) {
        const controller = new AbortController();
        let seen = 0;
        const onProgress: IngestOptions["onProgress"] = ({ stage }) => {
          if (stage === "encode" && ++seen === 3 * stop) controller.abort();
        };
        const options = { ...again, onProgress, signal: controller.signal, mode: "either" as const };
        await expect(ingest(optionsFor("stopped", store, options))).rejects.toThrow();
        expect((await storeContents(store)).record.release).toBe("1");
      }
      await ingest(optionsFor("stopped", store, { ...again, mode: "resume" }));
      await expectSame(store, wanted);
    });
  });

  describe("a copy", () => {
    const [count, dimension] = [3000, 16];
    const spec = (name: string): CollectionSpec => ({
      name,
      dimension,
      fields: { sab: "keywords", bucket: "integer" },
    });
    const vectors = clusteredVectors(count, dimension, 3);
    const block = (changes: Partial<Block> = {}): Block => ({
      number: 0,
      firstOrdinal: 0,
      ids: Array.from({ length: count }, (_, i) => `id-${i}`),
      keys: { of: Array.from({ length: count }, (_, i) => 1000 + 10 * i), from: 1000, to: 1000 + 10 * count },
      fields: {
        sab: Array.from({ length: count }, (_, i) => [`S${i % 7}`]),
        bucket: Array.from({ length: count }, (_, i) => i),
      },
      ...changes,
    });
    const filled = async (store: VectorStore): Promise<void> => {
      await store.createCollection(spec("old"));
      await store.writeBlock("old", block({ vectors }));
      await store.finishCollection("old");
    };

    test("holds and finds what the collection does, which stays as it is", async () => {
      await using store = await open("?index-from=10");
      await filled(store);
      expect(await store.copies!.begin("old", spec("new"))).toBe(true);
      await store.finishCollection("new");
      const query = vectors.slice(0, dimension);
      expect(await store.search("new", query, { limit: 10 })).toEqual(
        await store.search("old", query, { limit: 10 }),
      );
      const changes = await store.copies!.compare("new", block());
      expect(changes).toEqual({ missing: [], changed: [], gone: [] });
      await store.copies!.amend("new", block({ vectors: new Float32Array(0) }), {
        missing: [],
        changed: [],
        gone: [1000, 1010],
      });
      expect([await store.count("new"), await store.count("old")]).toEqual([count - 2, count]);
    });

    test("tells what is missing, changed and gone, and another record under the same key from a changed one", async () => {
      await using store = await open();
      await filled(store);
      await store.copies!.begin("old", spec("new"));
      const next = block();
      const ids = next.ids.with(7, "another").slice(1);
      const sab = (next.fields["sab"] as string[][]).with(9, ["S-new"]).slice(1);
      const wanted = {
        ...next,
        ids,
        keys: { ...next.keys!, of: next.keys!.of.with(11, 1115).slice(1) },
        fields: { sab, bucket: next.fields["bucket"]!.slice(1) },
      };
      const changes = await store.copies!.compare("new", wanted);
      expect({ ...changes, gone: changes.gone.toSorted((a, b) => a - b) }).toEqual({
        missing: [6, 10],
        changed: [8],
        gone: [1000, 1110],
      });
      const some = Float32Array.from([...vectors.slice(0, dimension), ...vectors.slice(0, dimension)]);
      await store.copies!.amend("new", { ...wanted, vectors: some }, changes);
      expect(await store.copies!.compare("new", wanted)).toEqual({ missing: [], changed: [], gone: [] });
      expect(await store.count("new", { sab: ["S-new"] })).toBe(1);
      const [hits] = await store.search("new", vectors.slice(0, dimension), { limit: 2, exact: true });
      expect(hits!.map((hit) => hit.ordinal).sort()).toEqual([1070, 1115]);
      const named: string[] = [];
      for await (const rows of store.scan("new", "bucket", 7, 8)) named.push(...rows.map(({ id }) => id));
      expect(named).toEqual(["another"]);
    });

    test.each([
      ["other settings of its graph", "?m=8", (s: CollectionSpec) => s],
      ["more shards", "?shards=2", (s: CollectionSpec) => s],
      ["vectors of another length", "", (s: CollectionSpec) => ({ ...s, dimension: 8 })],
      [
        "another field",
        "",
        (s: CollectionSpec) => ({ ...s, fields: { ...s.fields, lat: "keywords" as const } }),
      ],
    ])("is not made for %s, and nothing is left of it", async (_, query, changed) => {
      await using first = await open();
      await filled(first);
      await using store = await open(query);
      expect(await store.copies!.begin("old", changed(spec("new")))).toBe(false);
      expect(await store.collections()).toEqual(["old"]);
      expect(await store.count("old")).toBe(count);
    });
  });
}
