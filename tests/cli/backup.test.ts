import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { ingest } from "../../ingest/ingest.ts";
import { RatingsDatabase } from "../../src/review/ratings-database.ts";
import { openStore } from "../../src/vector-store/open-store.ts";
import { testApi } from "../search-api/support/test-api.ts";
import { flipped } from "../support/damage.ts";
import { runCli } from "../support/run-cli.ts";
import { type SampleStore, sampleIngest, sampleStore } from "../support/sample-store.ts";
import { type StoreContents, storeContents } from "../support/store-contents.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const folder = temporaryFolder();
const at = (...parts: string[]): string => join(folder.path, ...parts);
const STORE = ["--store", `lancedb:${at("store")}`];
const ENCODERS = ["--encoders-folder", at("encoders")];
let sample: SampleStore;
let before: StoreContents;

/** What can be compared of a store: all but the names of its collections. */
function bare({ record, vectors, ...rest }: StoreContents): object {
  return { counts: record.counts, release: record.release, vectors: [...vectors], ...rest };
}

async function contents(path: string): Promise<object> {
  await using store = await openStore(`lancedb:${path}`);
  return bare(await storeContents(store));
}

function rate(id: string): void {
  using ratings = RatingsDatabase.open(at("review", "ratings.sqlite"));
  ratings.add([{ id, entry: id, cui: "C1", reviewer: "Ada", rating: 4 }]);
}

beforeAll(async () => {
  sample = await sampleStore(folder.path);
  for (const name of ["a", "b"]) cpSync(at(name), at("encoders", name), { recursive: true });
  const [release] = await sample.searcher.releases.all();
  const encoders = (await sample.searcher.retrievers(release!)).map(({ encoder }) => encoder.folder);
  const { store } = sample;
  await ingest(sampleIngest(folder.path, { store, encoders, atomsPerBlock: 10_000, release: "2" }));
  mkdirSync(at("review"));
  writeFileSync(at("review", "candidates.jsonl"), "{}\n");
  writeFileSync(at("keys"), `desk search sha256:${"0".repeat(64)}\n`);
  before = await storeContents(store);
  rate("before");
});
afterAll(async () => {
  await sample[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

describe("a backup", () => {
  test("is taken while a server serves and people rate, and brings all of it back elsewhere", async () => {
    await using api = await testApi(sample);
    let going = true;
    const statuses = new Set<number>();
    const acknowledged: string[] = [];
    const busy = (async () => {
      while (going) {
        statuses.add((await api.send("/api/v1/search?q=crise%20cardiaque")).status);
        rate(`r${acknowledged.length}`);
        acknowledged.push(`r${acknowledged.length}`);
      }
    })();
    const done = await runCli([
      "backup",
      at("backup"),
      ...STORE,
      ...ENCODERS,
      "--api-keys",
      at("keys"),
      "--reviews",
      at("review"),
    ]);
    const during = acknowledged.length;
    going = false;
    await busy;
    expect(done).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/2 releases, 2 encoders, 1 reviews, the keys/),
    });
    expect(during).toBeGreaterThan(0);
    expect([...statuses]).toEqual([200]);

    const restored = await runCli([
      ...[
        "restore",
        at("backup"),
        "--store",
        `lancedb:${at("new")}`,
        "--encoders-folder",
        at("new-encoders"),
      ],
      ...["--api-keys", at("new-keys"), "--reviews-folder", at("reviews")],
    ]);
    expect(restored, restored.stderr).toMatchObject({ code: 0 });
    expect(await contents(at("new"))).toEqual(bare(before));
    expect(readFileSync(at("new-keys"), "utf8")).toBe(readFileSync(at("keys"), "utf8"));
    using ratings = RatingsDatabase.open(at("reviews", "review", "ratings.sqlite"));
    expect(ratings.current().map(({ entry }) => entry)).toContain("before");
    const args = ["--store", `lancedb:${at("new")}`, "--encoders-folder", at("new-encoders")];
    expect((await runCli(["search", "crise cardiaque", ...args])).stdout).toContain("C0027051");
    expect((await runCli(["doctor", "--deep", ...args])).stdout).toContain(
      "checksums of sample 2: all as written",
    );
    expect((await runCli(["releases", "rollback", "sample", "--store", `lancedb:${at("new")}`])).stdout).toBe(
      "sample 1 is active again\n",
    );
  }, 240_000);

  test("that was damaged is refused before anything is changed", async () => {
    cpSync(at("backup"), at("damaged"), { recursive: true });
    const releases = at("damaged", "releases", "sample", "2");
    flipped(join(releases, readdirSync(releases).find((name) => name.startsWith("tiny-bert-"))!), 9_999);
    const { code, stderr } = await runCli(["restore", at("damaged"), "--store", `lancedb:${at("none")}`]);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/tiny-bert-.*\.arrow is not what was written/)]);
    expect(existsSync(at("none"))).toBe(false);
  });

  test("is not taken of what is damaged, and leaves nothing then", async () => {
    const { strings } = before.record;
    cpSync(at("store"), at("broken"), { recursive: true });
    flipped(at("broken", "rows", `${strings}.bodies`), 70_000);
    const { code, stderr } = await runCli(["backup", at("of-broken"), "--store", `lancedb:${at("broken")}`]);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/strings\.bodies is damaged/)]);
    expect(existsSync(at("of-broken"))).toBe(false);
  });

  test("is put in the place of a store by --replace, and a running server finds it", async () => {
    await using api = await testApi(sample);
    const search = () => api.send<{ release: string }>("/api/v1/search?q=crise%20cardiaque&k=1");
    expect((await search()).json.release).toBe("2");
    rmSync(at("store", "rows"), { recursive: true });
    const { code, stderr } = await runCli(["restore", at("backup"), ...STORE, ...ENCODERS, "--replace"]);
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(/what was in .*store is in .*store\.replaced-/),
    ]);
    await vi.waitUntil(async () => (await search()).status === 200, { timeout: 20_000 });
    expect(await contents(at("store"))).toEqual(bare(before));
    const [away] = readdirSync(folder.path).filter((name) => name.startsWith("store.replaced-"));
    renameSync(at(away!), at("away"));
  }, 120_000);
});
