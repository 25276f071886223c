import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { finishParts } from "../../ingest/finish/finish-parts.ts";
import { type IngestOptions, ingest } from "../../ingest/ingest.ts";
import { diffReleases } from "../../ingest/releases/diff-releases.ts";
import { findRelease, remove, rollback } from "../../ingest/releases/manage-releases.ts";
import { Shard } from "../../ingest/work/shard.ts";
import type { EncoderFolder } from "../../src/encoder/encoder-manifest.ts";
import { openStore } from "../../src/vector-store/open-store.ts";
import type { VectorStore } from "../../src/vector-store/vector-store.ts";
import { emptyStore } from "../support/empty-store.ts";
import { type FoundQdrant, findQdrant, withoutQdrant } from "../support/qdrant-server.ts";
import { runCli } from "../support/run-cli.ts";
import { SAMPLE, type SampleStore, sampleIngest, sampleStore } from "../support/sample-store.ts";
import { storeContents } from "../support/store-contents.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { tinyEncoder } from "../support/tiny-encoders.ts";

const META = join(SAMPLE, "META");

if (withoutQdrant) test.skip(`releases in a real Qdrant (${withoutQdrant})`, () => undefined);
else {
  const folder = temporaryFolder();
  let server: FoundQdrant;
  let encoders: EncoderFolder[];

  const urlOf = (query = ""): string => `qdrant+${server.origin}${query}`;
  const optionsFor = (
    name: string,
    store: VectorStore,
    changes: Partial<IngestOptions> = {},
  ): IngestOptions => sampleIngest(join(folder.path, name), { store, encoders, ...changes });
  /** Forgets what earlier tests left on the server. */
  const emptied = async (): Promise<VectorStore> => {
    const store = await openStore(urlOf());
    await emptyStore(store);
    return store;
  };

  beforeAll(async () => {
    server = await findQdrant();
    encoders = [
      await tinyEncoder("tiny-bert", join(folder.path, "a"), { definitions: { from: 0.5, weight: 0.3 } }),
      await tinyEncoder("tiny-xlmr", join(folder.path, "b")),
    ];
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  describe("the sample release in both stores", () => {
    let embedded: SampleStore;
    let distributed: SampleStore;
    beforeAll(async () => {
      await (await emptied())[Symbol.asyncDispose]();
      const [near, far] = [join(folder.path, "near"), join(folder.path, "far")];
      embedded = await sampleStore(near);
      distributed = await sampleStore(far, urlOf());
    });
    afterAll(async () => {
      await embedded[Symbol.asyncDispose]();
      await distributed[Symbol.asyncDispose]();
    });

    test("is the same", async () => {
      const [a, b] = [await storeContents(embedded.store), await storeContents(distributed.store)];
      expect(b.record.counts).toEqual(a.record.counts);
      expect([...b.strings]).toEqual([...a.strings]);
      expect([...b.concepts]).toEqual([...a.concepts]);
      expect([...b.vectors]).toEqual([...a.vectors]);
    });

    test("gives the same first ten for at least 99 of 100 queries, with filters and without", async () => {
      const { strings } = await storeContents(embedded.store);
      const texts = [...strings.values()].map((body) => JSON.parse(body).text as string);
      const queries = texts
        .filter((_, i) => i % 23 === 0)
        .flatMap((text) => [text, text.slice(0, 7), `${text.slice(0, -2)}x`]);
      const asked = [...new Set(queries.map((q) => q.trim()))].filter((q) => q.length > 2);
      let same = 0;
      let total = 0;
      for (const filter of [{}, { lat: ["FRE"] }]) {
        for (let start = 0; start < asked.length; start += 50) {
          const request = { queries: asked.slice(start, start + 50), k: 10, filter };
          const [a, b] = [
            await embedded.searcher.search(request),
            await distributed.searcher.search(request),
          ];
          for (const [i, { results }] of a.entries()) {
            total++;
            const cuis = (list: typeof results): string => list.map((r) => `${r.cui} ${r.rating}`).join();
            if (cuis(results) === cuis(b[i]!.results)) same++;
          }
        }
      }
      expect(total).toBeGreaterThan(200);
      expect(same / total).toBeGreaterThanOrEqual(0.99);
    });

    test("is searched and aligned by the command line", async () => {
      const store = ["--store", urlOf(), "--encoders-folder", join(folder.path, "far")];
      const found = await runCli(["search", "heart attack", "--json", ...store]);
      expect(found).toMatchObject({ code: 0, stderr: "" });
      expect(JSON.parse(found.stdout).results[0]).toMatchObject({ cui: "C0027051", matchType: "exact" });
      const lexicon = join(SAMPLE, "lexicon.tsv");
      const csv: string[] = [];
      for (const [name, where] of [
        ["near", ["--store", embedded.store.url, "--encoders-folder", join(folder.path, "near")]],
        ["far", store],
      ] as const) {
        const out = join(folder.path, `aligned-${name}`);
        expect(await runCli(["align", lexicon, "--out", out, ...where])).toMatchObject({ code: 0 });
        const rows = readFileSync(join(out, "alignments.csv"), "utf8").trim().split("\n");
        csv.push(...rows.map((row) => `${name} ${row.split(",").slice(0, 3).join()}`));
      }
      const of = (name: string): string[] =>
        csv.filter((r) => r.startsWith(name)).map((r) => r.slice(name.length));
      expect(of("far")).toEqual(of("near"));
    });
  });

  describe("releases", () => {
    test("of one dataset follow each other without one search that fails, copy their vectors, and come back", async () => {
      await using store = await emptied();
      await ingest(optionsFor("follow", store));
      const meta = join(folder.path, "META-2");
      mkdirSync(meta);
      cpSync(META, meta, { recursive: true });
      const lines = readFileSync(join(META, "MRCONSO.RRF"), "utf8").split("\n").filter(Boolean);
      const came = lines[0]!.split("|").with(7, "A99999999").with(14, "a name that came").join("|");
      writeFileSync(join(meta, "MRCONSO.RRF"), `${[...lines.slice(3), came].join("\n")}\n`);
      const stop = new AbortController();
      const failures: string[] = [];
      let searches = 0;
      const searching = (async () => {
        await using reader = await openStore(urlOf());
        while (!stop.signal.aborted) {
          const aliases = await reader.aliases();
          const query = new Float32Array(32).fill(1 / Math.sqrt(32));
          await reader.search(aliases["sample__tiny-bert"]!, query, { limit: 5 }).then(
            () => searches++,
            (error) => failures.push(String(error)),
          );
          await setTimeout(50);
        }
      })();
      const summary = await ingest(optionsFor("follow", store, { source: meta, release: "2" }));
      stop.abort();
      await searching;
      expect(failures).toEqual([]);
      expect(searches).toBeGreaterThan(10);
      expect(summary.encoders.map((e) => e.encoded)).toEqual([1, 1]);

      const [one, two] = [await findRelease(store, "sample", "1"), await findRelease(store, "sample", "2")];
      const diff = await diffReleases(store, one, two, () => undefined);
      expect(diff.strings).toMatchObject({ came: 1 });
      expect((await rollback(store, "sample")).release).toBe("1");
      expect((await store.aliases())["sample__strings"]).toBe(one.strings);
      await remove(store, "sample", "2");
      expect((await store.collections()).every((name) => name.startsWith("sample_1__"))).toBe(true);
    });
  });

  describe("a release that is ingested by parts", () => {
    test("at the same time is the release that one process makes", async () => {
      await using store = await emptied();
      await ingest(optionsFor("whole", store));
      const whole = await storeContents(store);
      await using fresh = await emptied();
      const part = (n: number): Promise<unknown> =>
        ingest(optionsFor(`part-${n}`, fresh, { shard: new Shard(n, 3) }));
      await Promise.all([part(1), part(3)]);
      expect(await fresh.aliases()).toEqual({});
      const finish = {
        dataset: "sample",
        release: "1",
        store: fresh,
        encoders,
        provider: "cpu" as const,
        workers: 1,
      };
      await expect(finishParts(finish)).rejects.toMatchObject({
        code: "conflict",
        message: expect.stringContaining("part 2 of 3"),
      });
      await part(2);
      expect(await part(2)).toMatchObject({ status: "part" }); // asked again, it is there
      const summary = await finishParts(finish);
      const strings = whole.record.counts.strings;
      expect(summary.encoders.map((e) => e.encoded)).toEqual([strings, strings]);
      const parts = await storeContents(fresh);
      expect(parts.record.counts).toEqual(whole.record.counts);
      expect([...parts.strings]).toEqual([...whole.strings]);
      expect([...parts.concepts]).toEqual([...whole.concepts]);
      expect(parts.definitions.size).toBeGreaterThan(0);
      expect([...parts.definitions]).toEqual([...whole.definitions]);
      expect([...parts.vectors]).toEqual([...whole.vectors]);
      expect(Object.keys(await fresh.metadata()).filter((key) => key.startsWith("parts/"))).toEqual([]);
      await expect(finishParts(finish)).rejects.toMatchObject({ code: "not-found" });
    });

    test("must be of one source, one set of filters, and one number of parts", async () => {
      await using store = await emptied();
      await ingest(optionsFor("one-of-two", store, { shard: new Shard(1, 2) }));
      for (const changes of [
        { shard: new Shard(2, 3) },
        { shard: new Shard(2, 2), filters: { lat: ["FRE"] } },
      ])
        await expect(ingest(optionsFor(`other-${changes.shard.of}`, store, changes))).rejects.toMatchObject({
          code: "conflict",
          message: expect.stringContaining("by parts"),
        });
    });
  });
}

test("the embedded store refuses parts, which several processes would write", async () => {
  using own = temporaryFolder();
  const args = ["ingest", META, "--dataset", "d", "--release", "1", "--part", "1/2"];
  const result = await runCli([...args, "--store", `lancedb:${join(own.path, "store")}`]);
  expect(result).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/--part needs a store.*qdrant\+http/),
  });
  expect(await runCli([...args.slice(0, -1), "3/2"])).toMatchObject({ code: 2 });
});
