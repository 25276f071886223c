import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Checkpoint } from "../../../src/optimizer/checkpoint/checkpoint.ts";
import { type FetchedCheckpoint, fetchCheckpoint } from "../../../src/optimizer/hub/fetch-checkpoint.ts";
import { hubSettings } from "../../../src/optimizer/hub/hub-settings.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { FIXTURES } from "../../support/tiny-encoders.ts";
import { FORMS } from "../support/checkpoint-forms.ts";
import { COMMIT, FakeHub } from "../support/fake-hub.ts";

const NAME = { repository: "owner/tiny", revision: "main" };
const tiny = (name: string): Buffer => readFileSync(join(FIXTURES, "tiny-bert", name));
const FILES = {
  "config.json": tiny("config.json"),
  "tokenizer.json": tiny("tokenizer.json"),
  "tokenizer_config.json": tiny("tokenizer_config.json"),
  "1_Pooling/config.json": Buffer.from('{"pooling_mode_mean_tokens":true}'),
  "model.safetensors": tiny("model.safetensors"),
  "pytorch_model.bin": Buffer.alloc(50_000, 1),
  "README.md": Buffer.from("hello"),
};
const WEIGHTS = `/owner/tiny/resolve/${COMMIT}/model.safetensors`;

let hub: FakeHub;
let folder: ReturnType<typeof temporaryFolder>;
beforeEach(async () => {
  folder = temporaryFolder();
  hub = await FakeHub.start("owner/tiny", FILES);
});
afterEach(async () => {
  folder[Symbol.dispose]();
  await hub[Symbol.asyncDispose]();
});

function fetchIt(env: Record<string, string> = {}, name = NAME): Promise<FetchedCheckpoint> {
  const settings = hubSettings({
    HF_ENDPOINT: hub.url,
    HF_HUB_CACHE: folder.path,
    HF_HOME: folder.path,
    ...env,
  });
  return fetchCheckpoint(name, { settings, firstWaitMs: 5 });
}

const blobs = (): string[] => readdirSync(join(folder.path, "models--owner--tiny", "blobs"));

describe("a checkpoint on the hub", () => {
  test("comes whole, into the cache that Python's library has too, without what is not needed", async () => {
    const { folder: at, commit } = await fetchIt();
    expect(commit).toBe(COMMIT);
    expect(at).toBe(join(folder.path, "models--owner--tiny", "snapshots", COMMIT));
    using checkpoint = await Checkpoint.open(at);
    expect(checkpoint.config.hidden_size).toBe(32);
    expect(readFileSync(join(at, "1_Pooling", "config.json"), "utf8")).toContain("mean");
    expect(readdirSync(at).sort()).toEqual(
      ["1_Pooling", "config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"].sort(),
    );
    expect(readFileSync(join(folder.path, "models--owner--tiny", "refs", "main"), "utf8")).toBe(COMMIT);
    expect(hub.requests.some(({ path }) => /pytorch_model|README/.test(path))).toBe(false);
  });

  test("is not fetched again, and is there when the hub is not", async () => {
    const first = await fetchIt();
    hub.requests.length = 0;
    expect(await fetchIt()).toEqual(first);
    expect(hub.requests.filter(({ path }) => path.includes("/resolve/"))).toEqual([]);
    hub.mishap = () => ({ status: 500 });
    expect(await fetchIt({ HF_HUB_OFFLINE: "1" })).toEqual(first);
  });

  test("comes in shards where it has them", async () => {
    const index = readFileSync(join(FORMS, "sharded", "model.safetensors.index.json"));
    const shards = [1, 2, 3].map((n) => `model-0000${n}-of-00003.safetensors`);
    const { "model.safetensors": _, ...rest } = FILES;
    await using sharded = await FakeHub.start("owner/tiny", {
      ...rest,
      "model.safetensors.index.json": index,
      ...Object.fromEntries(shards.map((name) => [name, readFileSync(join(FORMS, "sharded", name))])),
    });
    const { folder: at } = await fetchIt({ HF_ENDPOINT: sharded.url });
    using checkpoint = await Checkpoint.open(at);
    expect(checkpoint.weight("embeddings.LayerNorm.bias", [32])).toHaveLength(32);
  });

  test("takes a token, and gives it to nobody but the hub", async () => {
    hub.token = "secret";
    await expect(fetchIt()).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringMatching(/401.*HF_TOKEN/),
    });
    await fetchIt({ HF_TOKEN: "secret" });
    const elsewhere = hub.requests.filter(({ host }) => host === "cdn");
    expect(elsewhere.length).toBeGreaterThan(0);
    expect(elsewhere.every(({ authorization }) => authorization === undefined)).toBe(true);
  });

  test("goes on in the middle of a file after the connection broke", async () => {
    hub.mishap = ({ path, range }) =>
      path === WEIGHTS && range !== "bytes=0-0" && !range?.startsWith("bytes=6")
        ? { breakAfter: 30_000 }
        : undefined;
    await fetchIt();
    const ranges = hub.requests
      .filter(({ path, host }) => path === WEIGHTS && host === "cdn")
      .map(({ range }) => range);
    expect(ranges).toEqual(["bytes=0-0", undefined, "bytes=30000-", "bytes=60000-"]);
  });

  test("goes on where a run that failed for good had stopped", async () => {
    hub.mishap = ({ path, count }) =>
      path !== WEIGHTS || count === 0 ? undefined : { breakAfter: count === 1 ? 10_000 : 0 };
    await expect(fetchIt()).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringContaining("goes on where it stopped"),
    });
    const [partial] = blobs().filter((name) => name.endsWith(".incomplete"));
    const had = statSync(join(folder.path, "models--owner--tiny", "blobs", partial!)).size;
    expect(had).toBe(10_000);
    hub.requests.length = 0;
    hub.mishap = () => undefined;
    const { folder: at } = await fetchIt();
    expect(readFileSync(join(at, "model.safetensors"))).toEqual(FILES["model.safetensors"]);
    expect(hub.requests.some(({ range }) => range === `bytes=${had}-`)).toBe(true);
    expect(blobs().some((name) => name.endsWith(".incomplete"))).toBe(false);
  });

  test("starts anew where the server ignores ranges, or an earlier rest is of another file", async () => {
    hub.mishap = ({ path, count }) =>
      path !== WEIGHTS || count === 0 ? undefined : { breakAfter: count === 1 ? 10_000 : 0 };
    await expect(fetchIt()).rejects.toThrow();
    hub.mishap = ({ path, range }) =>
      path === WEIGHTS && range !== "bytes=0-0" ? { ignoreRange: true } : undefined;
    const { folder: at } = await fetchIt();
    expect(readFileSync(join(at, "model.safetensors"))).toEqual(FILES["model.safetensors"]);

    using other = temporaryFolder();
    hub.mishap = ({ path, range }) =>
      path === WEIGHTS && range !== "bytes=0-0" ? { breakAfter: 0 } : undefined;
    await expect(fetchIt({ HF_HUB_CACHE: other.path })).rejects.toThrow();
    const store = join(other.path, "models--owner--tiny", "blobs");
    const [partial] = readdirSync(store).filter((name) => name.endsWith(".incomplete"));
    writeFileSync(join(store, partial!), Buffer.alloc(20_000, 9));
    hub.mishap = () => undefined;
    const again = await fetchIt({ HF_HUB_CACHE: other.path });
    expect(readFileSync(join(again.folder, "model.safetensors"))).toEqual(FILES["model.safetensors"]);
  });

  test("waits as long as the server asks", async () => {
    let asked = 0;
    hub.mishap = ({ path, count }) => {
      if (!path.endsWith("/config.json") || count > 0) return undefined;
      asked++;
      return { status: 429, headers: { "Retry-After": "1" } };
    };
    const start = performance.now();
    await fetchIt();
    expect(asked).toBe(2); // config.json and 1_Pooling/config.json
    expect(performance.now() - start).toBeGreaterThan(1900);
  });
});

describe("what the hub can't give is met with one line, and the cache stays whole", () => {
  test.each([
    [
      "a repository that is not there",
      { name: { repository: "owner/nope", revision: "main" } },
      "not-found",
      /no owner\/nope@main/,
    ],
    ["a revision that is not there", { name: { ...NAME, revision: "v9" } }, "not-found", /no owner\/tiny@v9/],
    ["an hour's wait", { status: 429, headers: { "Retry-After": "3600" } }, "unavailable", /429.*again/],
    ["a server that is ill", { status: 503 }, "unavailable", /503/],
    ["a gated repository", { status: 403 }, "unavailable", /403.*gated/],
  ])("%s", async (_, { name, ...mishap }: { name?: typeof NAME; status?: number }, code, message) => {
    if (mishap.status !== undefined) hub.mishap = () => mishap as { status: number };
    const error = await fetchIt({}, name ?? NAME).catch(
      (e: unknown) => e as { code: string; message: string },
    );
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    expect((error as { message: string }).message).not.toContain("\n");
  });

  test("a hub that is not there at all", async () => {
    await expect(fetchIt({ HF_ENDPOINT: "http://127.0.0.1:9" })).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringMatching(/HTTPS_PROXY and HF_ENDPOINT/),
    });
  });

  test("content that is not what the listing names", async () => {
    hub.mishap = ({ path, range }) =>
      path === WEIGHTS && range !== "bytes=0-0" ? { damage: true } : undefined;
    await expect(fetchIt()).rejects.toMatchObject({
      code: "bad-input",
      message: expect.stringMatching(/model\.safetensors.*damaged.*sha256/),
    });
    hub.mishap = () => undefined;
    const { folder: at } = await fetchIt();
    expect(readFileSync(join(at, "model.safetensors"))).toEqual(FILES["model.safetensors"]);
  });

  test.each([
    ["a tokenizer", ["tokenizer.json"], /no tokenizer/],
    ["weights", ["model.safetensors", "pytorch_model.bin"], /no weights/],
  ])("a repository without %s, before anything is fetched", async (_, missing, message) => {
    const files = Object.fromEntries(Object.entries(FILES).filter(([name]) => !missing.includes(name)));
    await using poor = await FakeHub.start("owner/tiny", files);
    await expect(fetchIt({ HF_ENDPOINT: poor.url })).rejects.toMatchObject({
      code: "not-found",
      message: expect.stringMatching(message),
    });
    expect(poor.requests.some(({ path }) => path.includes("/resolve/"))).toBe(false);
  });

  test("an offline cache that lacks the checkpoint", async () => {
    await expect(fetchIt({ HF_HUB_OFFLINE: "1" })).rejects.toMatchObject({
      code: "not-found",
      message: expect.stringContaining("HF_HUB_OFFLINE"),
    });
  });
});
