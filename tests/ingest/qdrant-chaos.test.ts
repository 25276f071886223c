import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type IngestOptions, ingest } from "../../ingest/ingest.ts";
import type { EncoderFolder } from "../../src/encoder/encoder-manifest.ts";
import { openStore } from "../../src/vector-store/open-store.ts";
import type { VectorStore } from "../../src/vector-store/vector-store.ts";
import { QdrantCluster } from "../support/qdrant-cluster.ts";
import { QdrantProcess, withoutProgram } from "../support/qdrant-server.ts";
import { seeded } from "../support/random-vectors.ts";
import { runCli } from "../support/run-cli.ts";
import { SAMPLE, sampleIngest } from "../support/sample-store.ts";
import { type StoreContents, storeContents } from "../support/store-contents.ts";
import { TcpProxy } from "../support/tcp-proxy.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { tinyEncoder } from "../support/tiny-encoders.ts";

// Printed with the name of each test; set it to repeat one.
const SEED = Number(process.env["CHAOS_SEED"] ?? Date.now() % 1_000_000);
const META = join(SAMPLE, "META");

if (withoutProgram) test.skip(`chaos with a real Qdrant (${withoutProgram})`, () => undefined);
else
  describe(`a release in Qdrant survives (CHAOS_SEED=${SEED})`, () => {
    const folder = temporaryFolder();
    const random = seeded(SEED);
    let encoders: EncoderFolder[];
    let unbroken: StoreContents;
    let tookMs: number;

    const urlOf = ({ origin }: { origin: string }, query = ""): string => `qdrant+${origin}${query}`;
    const optionsFor = (
      name: string,
      store: VectorStore,
      changes: Partial<IngestOptions> = {},
    ): IngestOptions => sampleIngest(join(folder.path, name), { store, encoders, ...changes });
    const cliArgs = (name: string, server: { origin: string }, ...more: string[]): string[] => {
      const work = ["--work", join(folder.path, name), "--store", urlOf(server), "--workers", "1"];
      const names = encoders.flatMap((e) => ["--encoder", e.folder]);
      const release = ["--dataset", "sample", "--release", "1", "--block-size", "300"];
      return ["ingest", META, ...release, ...names, ...work, ...more];
    };
    const expectWhole = async (store: VectorStore): Promise<void> => {
      const { record, ...contents } = await storeContents(store);
      expect(record.counts).toEqual(unbroken.record.counts);
      expect([...contents.strings]).toEqual([...unbroken.strings]);
      expect([...contents.concepts]).toEqual([...unbroken.concepts]);
      expect([...contents.vectors]).toEqual([...unbroken.vectors]);
      expect(Object.keys(await store.aliases()).length).toBe(2 + encoders.length);
    };

    beforeAll(async () => {
      encoders = [
        await tinyEncoder("tiny-bert", join(folder.path, "a")),
        await tinyEncoder("tiny-xlmr", join(folder.path, "b")),
      ];
      await using store = await openStore(`lancedb:${join(folder.path, "unbroken")}`);
      await ingest(optionsFor("unbroken", store));
      unbroken = await storeContents(store);
      await using server = await QdrantProcess.start();
      const started = Date.now();
      expect(await runCli(cliArgs("timed", server))).toMatchObject({ code: 0 });
      tookMs = Date.now() - started;
    }, 300_000);
    afterAll(() => folder[Symbol.dispose]());

    test("a server that is killed and comes back, without a word from the ingester", async () => {
      await using server = await QdrantProcess.start();
      const running = runCli(cliArgs("server-killed", server));
      for (let kills = 0; kills < 3; kills++) {
        await setTimeout(500 + (random() * tookMs) / 2);
        await server.kill();
        await setTimeout(random() * 1500);
        await server.start();
      }
      expect(await running).toMatchObject({ code: 0, stderr: "" });
      await using store = await openStore(urlOf(server));
      await expectWhole(store);
    }, 180_000);

    test("an ingester that is killed, and a server with it, once it is resumed", async () => {
      await using server = await QdrantProcess.start();
      let code: number | null = null;
      for (let kills = 0; kills < 4 && code === null; kills++) {
        const more = kills === 0 ? [] : ["--resume"];
        const result = await runCli(cliArgs("both", server, ...more), {
          killAfterMs: 500 + random() * tookMs,
        });
        code = result.code;
        if (random() < 0.5) {
          await server.kill();
          await server.start();
        }
      }
      if (code === null) code = (await runCli(cliArgs("both", server, "--resume"))).code;
      expect(code).toBe(0);
      await using store = await openStore(urlOf(server));
      await expectWhole(store);
    }, 180_000);

    test("a slow network, and one that resets connections", async () => {
      await using server = await QdrantProcess.start();
      await using proxy = await TcpProxy.start(server.port, { delayMs: 5, resetAfter: 600_000, random });
      await using store = await openStore(urlOf(proxy));
      await ingest(optionsFor("network", store));
      expect(proxy.resets).toBeGreaterThan(0);
      await using direct = await openStore(urlOf(server));
      await expectWhole(direct);
    }, 180_000);

    test("a node that is lost while it is searched, and searches do not notice", async () => {
      await using cluster = await QdrantCluster.start(3);
      const url = `qdrant+http://${cluster.hosts}?replicas=2&shards=3`;
      await using store = await openStore(url);
      await ingest(optionsFor("cluster", store));
      await expectWhole(store);
      const { record } = await storeContents(store);
      const { collection, dimension } = record.encoders[0]!;
      const query = Float32Array.from({ length: dimension }, () => 1 / Math.sqrt(dimension));
      const [before] = await store.search(collection, query, { limit: 10 });
      const lost = cluster.nodes[Math.floor(random() * 3)]!;
      const failures: unknown[] = [];
      let searches = 0;
      const until = Date.now() + 6000;
      const searching = (async () => {
        while (Date.now() < until) {
          searches++;
          await store.search(collection, query, { limit: 10 }).then(
            ([hits]) => expect(hits).toEqual(before),
            (error) => failures.push(error),
          );
          await setTimeout(20);
        }
      })();
      await setTimeout(500 + random() * 1000);
      await lost.kill();
      await searching;
      expect(failures).toEqual([]);
      expect(searches).toBeGreaterThan(20);
      // With one node of three away, the next release goes in all the same, and the node catches up.
      await ingest(optionsFor("cluster", store, { release: "2", source: META }));
      await lost.start();
      await cluster.agreed();
      await expectWhole(store);
    }, 240_000);

    test("a collection that somebody deletes: one clear error, and no other harm", async () => {
      await using server = await QdrantProcess.start();
      await using store = await openStore(urlOf(server));
      await ingest(optionsFor("deleted", store));
      const { record } = await storeContents(store);
      const { collection, dimension } = record.encoders[0]!;
      await fetch(`${server.origin}/collections/${collection}`, { method: "DELETE" });
      await expect(store.search(collection, new Float32Array(dimension), { limit: 1 })).rejects.toMatchObject(
        {
          code: "not-found",
          message: `there is no collection ${collection} in ${store.url}; ingest a release first`,
        },
      );
      expect((await store.documents(record.strings).next()).value).toBeDefined();
    }, 120_000);

    test("strangers: without the key nothing is told, with it all works", async () => {
      await using server = await QdrantProcess.start({ environment: { QDRANT__SERVICE__API_KEY: "s3cret" } });
      const wrong = await runCli([
        "releases",
        "list",
        "--store",
        `qdrant+http://:guess@127.0.0.1:${server.port}`,
      ]);
      expect(wrong).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/refuses the API key.*TERMDUET_QDRANT_API_KEY/),
      });
      expect(wrong.stderr).not.toContain("guess");
      expect(wrong.stderr.trim().split("\n").length).toBe(1);
      const right = await runCli(["releases", "list", "--json", "--store", urlOf(server)], {
        env: { TERMDUET_QDRANT_API_KEY: "s3cret" },
      });
      expect(right).toMatchObject({ code: 0, stdout: "[]\n" });
    }, 60_000);

    test.skipIf(!canMount())(
      "a full disk: the run says so, and goes on when there is room",
      async () => {
        const disk = join(folder.path, "disk");
        mkdirSync(disk);
        execFileSync("mount", ["-t", "tmpfs", "-o", "size=600m", "tmpfs", disk]);
        try {
          await using server = await QdrantProcess.start({ storage: disk });
          await using store = await openStore(urlOf(server));
          const filler = join(disk, "filler");
          const fill = (): void => {
            if (existsSync(filler)) return;
            const { bavail, bsize } = statfsSync(disk);
            // Qdrant keeps room for two segments of its log, 64 MB; less than that is full to it.
            writeFileSync(filler, Buffer.alloc(bavail * bsize - 24e6));
          };
          const encoding = { onProgress: ({ stage }: { stage: string }) => stage === "encode" && fill() };
          await expect(ingest(optionsFor("full", store, encoding))).rejects.toMatchObject({
            code: "no-space",
            message: expect.stringMatching(/^the disk of .* is full .*make room.*--resume$/),
          });
          expect(await store.aliases()).toEqual({});
          rmSync(filler);
          await ingest(optionsFor("full", store, { mode: "resume" }));
          await expectWhole(store);
        } finally {
          execFileSync("umount", ["-l", disk]);
        }
      },
      180_000,
    );
  });

function canMount(): boolean {
  using folder = temporaryFolder();
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder.path], { stdio: "ignore" });
    execFileSync("umount", [folder.path], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder.path, { recursive: true, force: true });
  }
}
