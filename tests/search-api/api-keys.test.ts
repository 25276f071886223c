import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ApiKeys, hashOf } from "../../search-api/guards/api-keys.ts";
import { keysOf } from "../../src/cli/serve-guards.ts";
import { runCli } from "../support/run-cli.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { fakeSearch, fakeStore } from "./support/fake-search.ts";
import { type Problem, searchPath, testApi } from "./support/test-api.ts";

const READER = "reader-key-0123456789";
const ADMIN = "admin-key-0123456789";
const line = (name: string, scopes: string, key: string): string =>
  `${name} ${scopes} sha256:${hashOf(key).toString("hex")}`;
const FILE = [
  "# who may ask",
  "",
  line("reader", "search", READER),
  line("chief", "search,review,admin", ADMIN),
];
const keys = ApiKeys.from({ file: "keys", text: FILE.join("\n") });

describe("keys", () => {
  test("are asked for at every door, and the page, the document and the probes stay open", async () => {
    await using api = await testApi({ searcher: fakeSearch(), store: fakeStore(), keys });
    const closed = [
      "/api/v1/search?q=x",
      "/api/v1/suggest?q=x",
      "/api/v1/releases",
      "/api/v1/concepts/C1",
      "/rest/search/current?string=x",
      "/rest/content/current/CUI/C1",
      "/metrics",
    ];
    for (const path of closed) {
      const { status, json, headers } = await api.send<Problem>(path);
      expect([path, status, json.code]).toEqual([path, 401, "no-key"]);
      expect(headers.get("WWW-Authenticate")).toMatch(/^Bearer/);
    }
    expect((await api.send("/fhir/r4/metadata")).json).toMatchObject({ issue: [{ code: "login" }] });
    for (const path of ["/mcp", "/api/v1/search", "/api/v1/search/stream"])
      expect((await api.post(path, {})).status, path).toBe(401);
    for (const path of ["/", "/api/v1/openapi.json", "/healthz", "/readyz"])
      expect((await api.send(path)).status, path).toBe(200);
  });

  test("are taken as a bearer, as a header, and in the address by the UTS door alone", async () => {
    await using api = await testApi({ searcher: fakeSearch(), store: fakeStore(), keys });
    const status = async (path: string, headers: Record<string, string> = {}) =>
      (await api.send(path, { headers })).status;
    const search = "/api/v1/search?q=x";
    expect(await status(search, { Authorization: `Bearer ${READER}` })).toBe(200);
    expect(await status(search, { Authorization: `bearer ${READER}` })).toBe(200);
    expect(await status(search, { "X-API-Key": READER })).toBe(200);
    expect(await status(search, { Authorization: `Basic ${READER}` })).toBe(401);
    expect(await status(search, { "X-API-Key": `${READER}x` })).toBe(401);
    expect(await status(search, { "X-API-Key": READER.slice(1) })).toBe(401);
    expect(await status(search, { "X-API-Key": "x".repeat(5_000) })).toBe(401);
    const uts = (apiKey: string) => searchPath({ string: "x", apiKey }, "/rest/search/current");
    expect(await status(uts(READER))).toBe(200);
    expect(await status(uts("other-key-0123456789"))).toBe(401);
    expect(await status(searchPath({ q: "x", apiKey: READER }))).toBe(401);
  });

  test("are good for their scopes alone", async () => {
    await using api = await testApi({ searcher: fakeSearch(), store: fakeStore(), keys });
    const metrics = async (key: string) =>
      (await api.send("/metrics", { headers: { "X-API-Key": key } })).status;
    expect([await metrics(READER), await metrics(ADMIN)]).toEqual([403, 200]);
    const monitor = "monitor-key-0123456789";
    const text = line("monitor", "admin", monitor);
    await using watched = await testApi({
      searcher: fakeSearch(),
      store: fakeStore(),
      keys: ApiKeys.from({ file: "keys", text }),
    });
    const status = async (path: string) =>
      (await watched.send(path, { headers: { "X-API-Key": monitor } })).status;
    expect([await status("/metrics"), await status("/api/v1/search?q=x")]).toEqual([200, 403]);
  });

  test("are counted each by itself", async () => {
    await using api = await testApi({ searcher: fakeSearch(), store: fakeStore(), keys, rateLimit: 2 });
    const ask = async (key: string) =>
      (await api.send("/api/v1/search?q=x", { headers: { "X-API-Key": key } })).status;
    expect([await ask(READER), await ask(READER), await ask(READER)]).toEqual([200, 200, 429]);
    expect(await ask(ADMIN)).toBe(200);
  });

  test("are in no log, metric or answer", async () => {
    await using api = await testApi({ searcher: fakeSearch(), store: fakeStore(), keys });
    const headers = { "X-API-Key": READER };
    const texts = [
      (await api.send("/api/v1/search?q=x", { headers })).text,
      (await api.send(searchPath({ string: "x", apiKey: READER }, "/rest/search/current"))).text,
      (await api.send(searchPath({ string: "x", apiKey: "wrong-key-012345678" }, "/rest/search/current")))
        .text,
      (await api.send("/metrics", { headers: { "X-API-Key": ADMIN } })).text,
      api.log(),
    ];
    for (const text of texts) expect(text).not.toMatch(/key-012345/);
  });

  test.each([
    "name search",
    "name search sha256:12",
    `name cook sha256:${"0".repeat(64)}`,
    `two words search sha256:${"0".repeat(64)}`,
  ])("are refused with the line that is wrong: %s", (wrong) => {
    const read = () => ApiKeys.from({ file: "keys.txt", text: `# one\n${wrong}` });
    expect(read).toThrow(/^keys\.txt:2: a key is a line NAME SCOPE/);
  });

  test("have at least 16 characters in the environment", () => {
    expect(ApiKeys.from({ plain: "x".repeat(16) }).size).toBe(1);
    expect(() => ApiKeys.from({ plain: "x".repeat(15) })).toThrow(
      /has 15 characters; a key needs at least 16/,
    );
  });
});

describe("production", () => {
  const production = { host: "0.0.0.0", production: true };

  test("refuses an address that others reach without a key", () => {
    expect(() => keysOf(production, {})).toThrow(/^in production 0\.0\.0\.0 is not served without a key/);
    expect(() => keysOf({ host: "10.0.0.1" }, { NODE_ENV: "production" })).toThrow(
      /is not served without a key/,
    );
    expect(keysOf({ host: "127.0.0.1", production: true }, {}).size).toBe(0);
    expect(keysOf({ host: "0.0.0.0" }, {}).size).toBe(0);
    expect(keysOf(production, { TERMDUET_API_KEY: READER }).holder(READER)?.name).toBe("environment");
  });

  test("is refused by the command with exit code 2 and one line, and a made key opens it", async () => {
    using folder = temporaryFolder();
    const store = ["--store", `lancedb:${join(folder.path, "store")}`];
    const refused = await runCli(["serve", "--host", "0.0.0.0", "--port", "0", "--production", ...store]);
    expect(refused.code).toBe(2);
    expect(refused.stderr.trim().split("\n").length).toBe(1);
    expect(refused.stderr).toContain("is not served without a key");
    const made = await runCli(["keys", "create", "clinic", "--scope", "search,review"]);
    const [, key] = /^key: {2}(\S+)$/m.exec(made.stdout)!;
    const [, known] = /^line: (.+)$/m.exec(made.stdout)!;
    const holder = ApiKeys.from({ file: "keys", text: known! }).holder(key!);
    expect([holder?.name, [...holder!.scopes]]).toEqual(["clinic", ["search", "review"]]);
    expect((await runCli(["keys", "create", "clinic", "--scope", "cook"])).code).toBe(2);
    const useless = await runCli(["keys", "create", "clinic", "--scope", "review"]);
    expect([useless.code, useless.stderr]).toEqual([2, expect.stringContaining("--scope search,review")]);
  });
});

describe("pages of other origins", () => {
  test("may read answers where they are named, and not elsewhere", async () => {
    const corsOrigins = ["https://clinic.example"];
    await using api = await testApi({ searcher: fakeSearch(), store: fakeStore(), corsOrigins });
    const ask = async (Origin: string, method = "GET") =>
      (await api.send("/api/v1/search?q=x", { method, headers: { Origin } })).headers;
    expect((await ask("https://clinic.example")).get("Access-Control-Allow-Origin")).toBe(
      "https://clinic.example",
    );
    const preflight = await ask("https://clinic.example", "OPTIONS");
    expect(preflight.get("Access-Control-Allow-Headers")).toContain("Authorization");
    for (const origin of ["https://clinic.example.evil", "http://clinic.example", "null"])
      expect((await ask(origin)).has("Access-Control-Allow-Origin")).toBe(false);
  });
});
