import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { ApiKeys, hashOf } from "../../search-api/guards/api-keys.ts";
import { DEFAULT_LOAD, LIMITS } from "../../search-api/limits.ts";
import type { SearchRequest } from "../../src/retrieval/request/search-types.ts";
import { echo, fakeSearch, fakeStore, gate, RECORD } from "./support/fake-search.ts";
import { rawRequest } from "./support/raw-request.ts";
import { searchPath, type TestApi, testApi } from "./support/test-api.ts";

// Each limit has its last that is allowed, and the first that is not. Those of bodies, batches, streams' places, waiting
// searches, keys and ratings stand with what they guard.

const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `n${i}`);

describe("parameters of an address", () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await testApi({ searcher: fakeSearch(), store: fakeStore() });
  });
  afterAll(() => api[Symbol.asyncDispose]());

  const status = async (path: string, parameters: Record<string, string | number>) =>
    (await api.send(searchPath(parameters, path))).status;
  const q = "x";

  test.each<[string, string, (n: number) => Record<string, string | number>, number]>([
    ["results", "/api/v1/search", (k) => ({ q, k }), LIMITS.k],
    ["results left out", "/api/v1/search", (offset) => ({ q, offset }), LIMITS.k - 1],
    ["characters", "/api/v1/search", (n) => ({ q: "é".repeat(n) }), LIMITS.queryCharacters],
    ["encoders", "/api/v1/search", (n) => ({ q, encoders: names(n).join() }), LIMITS.listEntries],
    [
      "languages to show",
      "/api/v1/search",
      (n) => ({ q, lang: Array(n).fill("fr").join() }),
      LIMITS.listEntries,
    ],
    ["groups", "/api/v1/search", (n) => ({ q, group: Array(n).fill("DISO").join() }), LIMITS.listEntries],
    ["facets", "/api/v1/search", (n) => ({ q, facets: Array(n).fill("sab").join() }), LIMITS.listEntries],
    ["an encoder's name", "/api/v1/search", (n) => ({ q, encoders: "e".repeat(n) }), 100],
    ["a dataset's name", "/api/v1/search", (n) => ({ q, dataset: "d".repeat(n) }), 100],
    ["suggestions", "/api/v1/suggest", (k) => ({ q, k }), LIMITS.suggestions],
    ["characters typed", "/api/v1/suggest", (n) => ({ q: "x".repeat(n) }), LIMITS.queryCharacters],
    ["sources of suggestions", "/api/v1/suggest", (n) => ({ q, sab: names(n).join() }), LIMITS.listEntries],
    ["characters of a source", "/api/v1/suggest", (n) => ({ q, sab: "S".repeat(n) }), LIMITS.entryCharacters],
    ["characters of UTS", "/rest/search/current", (n) => ({ string: "x".repeat(n) }), LIMITS.queryCharacters],
    ["a page of UTS", "/rest/search/current", (pageSize) => ({ string: q, pageSize }), LIMITS.utsPageSize],
    [
      "sources of UTS",
      "/rest/search/current",
      (n) => ({ string: q, sabs: names(n).join() }),
      LIMITS.listEntries,
    ],
    [
      "types of UTS",
      "/rest/search/current",
      (n) => ({ string: q, semanticTypes: Array(n).fill("T047").join("|") }),
      LIMITS.listEntries,
    ],
    [
      "a key's place in UTS",
      "/rest/search/current",
      (n) => ({ string: q, apiKey: "k".repeat(n) }),
      LIMITS.queryCharacters,
    ],
  ])("%s: as many as it says, and not one more", async (_, path, parameters, limit) => {
    expect([await status(path, parameters(limit)), await status(path, parameters(limit + 1))]).toEqual([
      200, 400,
    ]);
  });

  test.each<[string, (text: string) => string, number]>([
    ["a concept", (id) => `/api/v1/concepts/${id}`, LIMITS.cuiCharacters],
    ["a concept of UTS", (id) => `/rest/content/current/CUI/${id}`, LIMITS.cuiCharacters],
    ["a source of UTS", (sab) => `/rest/content/current/source/${sab}/1`, LIMITS.cuiCharacters],
    ["a code of UTS", (code) => `/rest/content/current/source/S/${code}`, LIMITS.cuiCharacters],
    ["a release of UTS", (version) => `/rest/content/${version}/CUI/C1`, LIMITS.entryCharacters],
    ["a semantic type of UTS", (tui) => `/rest/semantic-network/current/TUI/${tui}`, 20],
    ["a language to show", (lat) => `/api/v1/concepts/C1?lat=${lat}`, 8],
    ["a resource of FHIR", (id) => `/fhir/r4/CodeSystem/${id}`, 64],
  ])("%s is looked for by so many characters, and refused by one more", async (_, pathOf, limit) => {
    const ask = async (length: number) => (await api.send(pathOf("x".repeat(length)))).status;
    expect([await ask(limit), await ask(limit + 1)]).toEqual([404, 400]);
  });

  test("a body has the limits of an address", async () => {
    const post = async (body: object) =>
      (await api.post("/api/v1/search", { queries: ["x"], ...body })).status;
    const pairs: [object, object][] = [
      [{ k: LIMITS.k }, { k: LIMITS.k + 1 }],
      [{ k: 1 }, { k: 0 }],
      [{ offset: LIMITS.k - 1 }, { offset: LIMITS.k }],
      [{ filter: { sab: names(LIMITS.listEntries) } }, { filter: { sab: names(LIMITS.listEntries + 1) } }],
      [
        { filter: { tty: ["T".repeat(LIMITS.entryCharacters)] } },
        { filter: { tty: ["T".repeat(LIMITS.entryCharacters + 1)] } },
      ],
      [{ encoders: names(LIMITS.listEntries) }, { encoders: names(LIMITS.listEntries + 1) }],
      [{ lang: Array(LIMITS.listEntries).fill("fr") }, { lang: Array(LIMITS.listEntries + 1).fill("fr") }],
      [
        { facets: Array(LIMITS.listEntries).fill("sab") },
        { facets: Array(LIMITS.listEntries + 1).fill("sab") },
      ],
    ];
    for (const [allowed, beyond] of pairs)
      expect([await post(allowed), await post(beyond)]).toEqual([200, 400]);
  });

  test("a request's id is taken over from 8 to 64 characters", async () => {
    const idFor = async (given: string) =>
      (await api.send("/healthz", { headers: { "X-Request-Id": given } })).headers.get("X-Request-Id");
    for (const length of [8, 64]) expect(await idFor("i".repeat(length))).toBe("i".repeat(length));
    for (const length of [7, 65]) expect(await idFor("i".repeat(length))).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("address and headers together have 64 KiB", async () => {
    const head = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Pad: ";
    const answered = async (bytes: number): Promise<string> => {
      const pad = "p".repeat(bytes - head.length - 4);
      return (await rawRequest(api.port, [`${head}${pad}\r\n\r\n`])).answer.slice(0, 12);
    };
    expect(await answered(65_000)).toBe("HTTP/1.1 200");
    expect(await answered(66_000)).toBe("HTTP/1.1 431");
  });
});

describe("a stream", () => {
  const send = (api: TestApi, body: string, type: string) =>
    api.send("/api/v1/search/stream", { method: "POST", headers: { "Content-Type": type }, body });

  test("has lines of as many characters as it says, wherever the network parts them", async () => {
    await using api = await testApi({ searcher: fakeSearch(), store: fakeStore() });
    const json = (length: number) => `"x"\n${JSON.stringify("y".repeat(length - 2))}\n"z"`;
    const csv = (length: number) => `query\n${"y".repeat(length)}\nz\n`;
    for (const [body, type] of [
      [json, "application/x-ndjson"],
      [csv, "text/csv"],
    ] as const) {
      const answers = [];
      for (const length of [LIMITS.lineCharacters, LIMITS.lineCharacters + 1])
        answers.push((await send(api, body(length), type)).status);
      expect(answers, type).toEqual([200, 413]);
    }
  });

  test("may take as long as it says, and is cut or refused then", async () => {
    const searcher = fakeSearch(async (part) => {
      await sleep(60);
      return echo(part);
    });
    const status = async (streamDeadlineMs: number) => {
      await using api = await testApi({
        searcher,
        store: fakeStore(),
        load: { ...DEFAULT_LOAD, streamDeadlineMs },
      });
      return (await send(api, '"x"\n', "application/x-ndjson")).status;
    };
    expect(await status(5_000)).toBe(200);
    expect(await status(30)).toBe(504);
  });
});

test("so many batches are under way, and a single search beside them", async () => {
  const { opened, open } = gate();
  const searcher = fakeSearch(async (part) => {
    if (part.queries.length > 1) await opened;
    return echo(part);
  });
  await using api = await testApi({ searcher, store: fakeStore(), load: { ...DEFAULT_LOAD, batches: 2 } });
  const batch = () => api.post("/api/v1/search", { queries: names(40) });
  const under = [batch(), batch()];
  await vi.waitUntil(async () => (await api.send("/metrics")).text.includes("termduet_searches_running 2"));
  const { status, headers } = await batch();
  expect([status, headers.has("Retry-After")]).toEqual([503, true]);
  expect((await api.send("/api/v1/search?q=x")).status).toBe(200);
  open();
  for (const { status: answered } of await Promise.all(under)) expect(answered).toBe(200);
  expect((await batch()).status).toBe(200);
});

describe("time", () => {
  const slow = (ms: number, asked: SearchRequest[] = []) =>
    fakeSearch(async (part) => {
      asked.push(part);
      await sleep(ms);
      return echo(part);
    });

  test("is enough for an answer before the deadline, alone and in a batch", async () => {
    const load = { ...DEFAULT_LOAD, deadlineMs: 1_000, batchDeadlineMs: 2_000 };
    await using api = await testApi({ searcher: slow(50), store: fakeStore(), load });
    expect((await api.send("/api/v1/search?q=x")).status).toBe(200);
    // Sixteen queries are one part; these are five, which take longer than a single query has.
    await using short = await testApi({
      searcher: slow(50),
      store: fakeStore(),
      load: { ...load, deadlineMs: 100 },
    });
    expect((await short.post("/api/v1/search", { queries: names(80) })).status).toBe(200);
  });

  test("is enough for a body that trickles in before the deadline, and cuts one that does not", async () => {
    const load = { ...DEFAULT_LOAD, deadlineMs: 400 };
    await using api = await testApi({ searcher: fakeSearch(), store: fakeStore(), load });
    const body = '{"queries":["x"]}';
    const head =
      "POST /api/v1/search HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n";
    const trickled = (pauseMs: number) =>
      rawRequest(api.port, [
        `${head}Content-Length: ${body.length}\r\n\r\n${body.slice(0, 5)}`,
        pauseMs,
        body.slice(5),
      ]);
    expect((await trickled(100)).answer).toMatch(/^HTTP\/1\.1 200/);
    const late = await trickled(10_000);
    expect(late).toMatchObject({ ended: true, answer: expect.not.stringMatching(/^HTTP\/1\.1 2/) });
    expect(late.error).toBeUndefined();
    expect(late.tookMs).toBeGreaterThan(350);
    expect(late.tookMs).toBeLessThan(5_000);
  });

  test("is told to the store, which is asked nothing once it is over", async () => {
    const left: number[] = [];
    let finds = 0;
    const store = fakeStore({
      find: async () => {
        finds++;
        await sleep(20);
        return [];
      },
      findByPrefix: async (_c, _f, _p, _l, options) => {
        left.push(options!.timeoutMs!);
        return [];
      },
    });
    const load = { ...DEFAULT_LOAD, deadlineMs: 200 };
    await using api = await testApi({ searcher: fakeSearch(), store, load });
    expect(
      (await api.send(searchPath({ string: "x", searchType: "rightTruncation" }, "/rest/search/current")))
        .status,
    ).toBe(200);
    expect(left.length).toBe(1);
    expect(left[0]).toBeGreaterThan(0);
    expect(left[0]).toBeLessThanOrEqual(200);
    // A thousand codes are more than can be looked for in the time.
    finds = 0;
    const concept = names(1_000).map((code) => ({ code }));
    const body = {
      resourceType: "ValueSet",
      compose: { include: [{ system: "urn:termduet:fake", concept }] },
    };
    const { status } = await api.send("/fhir/r4/ValueSet/$expand", {
      method: "POST",
      headers: { "Content-Type": "application/fhir+json" },
      body: JSON.stringify(body),
    });
    expect(status).toBe(504);
    await sleep(100);
    const asked = finds;
    await sleep(200);
    expect(finds).toBe(asked);
    expect(finds).toBeLessThan(1_000);
  });
});

test("codes below a code are listed where ten thousand strings name them, and not where more do", async () => {
  const atom = {
    aui: "A1",
    cui: "C1",
    sab: "S",
    tty: "PT",
    lat: "ENG",
    code: "1",
    isPref: true,
    suppress: "N",
  };
  const body = (cui: string, code: string) =>
    JSON.stringify({
      text: "x",
      prominence: 1,
      atoms: [{ ...atom, cui, code }],
      concepts: [{ cui, name: "x", semanticTypes: [] }],
    });
  const below = (count: number) =>
    fakeStore({
      find: async (collection, field, _values, limit) => {
        if (collection === RECORD.concepts) return [];
        if (field === "code") return [{ id: "s", ordinal: 0, body: body("C1", "1") }];
        return Array.from({ length: Math.min(count, limit) }, (_, i) => ({
          id: `s${i}`,
          ordinal: i,
          body: body("C2", String(i + 2)),
        }));
      },
    });
  for (const [count, status] of [
    [10_000, 200],
    [10_001, 422],
  ] as const) {
    await using api = await testApi({ searcher: fakeSearch(), store: below(count) });
    expect((await api.send("/rest/content/current/source/S/1/descendants")).status).toBe(status);
  }
});

test("a key of 512 characters is read, and a longer one is none; its name has 60", async () => {
  const key = "k".repeat(512);
  const line = (name: string, of: string) => `${name} search sha256:${hashOf(of).toString("hex")}`;
  const keys = ApiKeys.from({ file: "keys", text: `${line("n".repeat(60), key)}\n${line("b", `${key}k`)}` });
  await using api = await testApi({ searcher: fakeSearch(), store: fakeStore(), keys });
  const ask = async (given: string) =>
    (await api.send("/api/v1/search?q=x", { headers: { "X-API-Key": given } })).status;
  expect([await ask(key), await ask(`${key}k`)]).toEqual([200, 401]);
  expect(() => ApiKeys.from({ file: "keys", text: line("n".repeat(61), key) })).toThrow(/^keys:1: /);
});
