import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test, vi } from "vitest";
import { isLoopback } from "../../search-api/guards/host-guard.ts";
import { DEFAULT_LOAD } from "../../search-api/limits.ts";
import type { SearchRequest } from "../../src/retrieval/request/search-types.ts";
import { echo, fakeSearch, fakeStore, gate } from "./support/fake-search.ts";
import { type Problem, testApi } from "./support/test-api.ts";

const TEXT = "Madame Untel a mal au ventre";

/** A request with headers that fetch would not send. */
function rawStatus(url: string, path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(`${url}${path}`, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode!);
    });
    sent.on("error", reject);
    sent.end();
  });
}

describe("the guards", () => {
  test("set headers that let the page load its own files and nothing else, and no CORS", async () => {
    await using api = await testApi({ searcher: fakeSearch(), store: fakeStore() });
    for (const path of ["/", "/api/v1/search?q=x", "/nowhere"]) {
      const { headers } = await api.send(path, { headers: { Origin: "https://elsewhere.example" } });
      const policy = headers.get("Content-Security-Policy")!;
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toMatch(/unsafe|https?:/);
      expect(headers.get("X-Content-Type-Options")).toBe("nosniff");
      expect(headers.get("Referrer-Policy")).toBe("no-referrer");
      expect(headers.has("Access-Control-Allow-Origin")).toBe(false);
      expect(headers.has("X-Powered-By")).toBe(false);
    }
  });

  test("let a server on loopback be called by its machine's names and those given, and by no other", async () => {
    await using api = await testApi({
      searcher: fakeSearch(),
      store: fakeStore(),
      allowedHosts: ["terms.example"],
    });
    const status = (host: string): Promise<number> => rawStatus(api.url, "/healthz", { Host: host });
    for (const host of [
      "localhost",
      "localhost:8080",
      "127.0.0.1:1",
      "[::1]:8080",
      "Terms.Example",
      "terms.example:443",
    ])
      expect(await status(host), host).toBe(200);
    for (const host of ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "192.168.0.9"])
      expect(await status(host), host).toBe(403);
  });

  test("know loopback addresses", () => {
    expect(["127.0.0.1", "localhost", "::1", "127.1.2.3"].filter((host) => !isLoopback(host))).toEqual([]);
    expect(["0.0.0.0", "::", "10.0.0.1", "127.evil"].filter(isLoopback)).toEqual([]);
  });

  test("count requests of one address when told to", async () => {
    await using api = await testApi({ searcher: fakeSearch(), store: fakeStore(), rateLimit: 3 });
    // The first of the three was for the OpenAPI document.
    const search = () => api.send<Problem>("/api/v1/search?q=x");
    expect([(await search()).status, (await search()).status]).toEqual([200, 200]);
    const third = await search();
    expect([third.status, third.json.code]).toEqual([429, "too-many-requests"]);
    expect(third.headers.has("Retry-After")).toBe(true);
    expect(third.headers.has("RateLimit")).toBe(true);
    expect((await api.send("/healthz")).status).toBe(200);
  });

  test("answer 200 searches at once", async () => {
    let running = 0;
    let most = 0;
    const searcher = fakeSearch(async (asked) => {
      most = Math.max(most, ++running);
      await sleep(5);
      running--;
      return echo(asked);
    });
    await using api = await testApi({ searcher, store: fakeStore() });
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, i) => api.send<{ query: string }>(`/api/v1/search?q=q${i}`)),
    );
    expect(answers.map(({ status, json }) => [status, json.query])).toEqual(
      Array.from({ length: 200 }, (_, i) => [200, `q${i}`]),
    );
    expect(most).toBeLessThanOrEqual(DEFAULT_LOAD.concurrent);
  });

  test("refuse with 503 and Retry-After what they can't take, and recover", async () => {
    const { opened, open } = gate();
    const searcher = fakeSearch(async (asked) => {
      await opened;
      return echo(asked);
    });
    const load = { ...DEFAULT_LOAD, concurrent: 2, waiting: 3 };
    await using api = await testApi({ searcher, store: fakeStore(), load });
    const pending = Array.from({ length: 5 }, () => api.send("/api/v1/search?q=x"));
    await vi.waitUntil(
      async () => (await api.send("/metrics")).text.includes("termduet_searches_waiting 3"),
      5_000,
    );
    const refused = await api.send<Problem>("/api/v1/search?q=x");
    expect([refused.status, refused.json.code]).toEqual([503, "overloaded"]);
    expect(Number(refused.headers.get("Retry-After"))).toBeGreaterThan(0);
    expect((await api.send("/healthz")).status).toBe(200);
    open();
    expect((await Promise.all(pending)).map((answer) => answer.status)).toEqual([200, 200, 200, 200, 200]);
    expect((await api.send("/api/v1/search?q=x")).status).toBe(200);
    expect((await api.send("/metrics")).text).toContain('termduet_refused_total{code="overloaded"} 1');
  });

  test("give up at the deadline with 504, and stop a batch whose deadline has passed", async () => {
    const asked: SearchRequest[] = [];
    const searcher = fakeSearch(async (part) => {
      asked.push(part);
      await sleep(60);
      return echo(part);
    });
    const load = { ...DEFAULT_LOAD, deadlineMs: 40, batchDeadlineMs: 100 };
    await using api = await testApi({ searcher, store: fakeStore(), load });
    const started = performance.now();
    const late = await api.send<Problem>("/api/v1/search?q=x");
    expect([late.status, late.json.code]).toEqual([504, "deadline"]);
    expect(performance.now() - started).toBeLessThan(60 + 50);
    asked.length = 0;
    const queries = Array.from({ length: 256 }, () => "x");
    expect((await api.post("/api/v1/search", { queries })).status).toBe(504);
    await sleep(150);
    expect(asked.length).toBeLessThan(4);
  });

  test("stop a batch whose client has gone", async () => {
    const asked: SearchRequest[] = [];
    const searcher = fakeSearch(async (part) => {
      asked.push(part);
      await sleep(20);
      return echo(part);
    });
    await using api = await testApi({ searcher, store: fakeStore() });
    const queries = Array.from({ length: 256 }, () => "x");
    const headers = { "Content-Type": "application/json" };
    const signal = AbortSignal.timeout(50);
    const sent = fetch(`${api.url}/api/v1/search`, {
      method: "POST",
      headers,
      body: JSON.stringify({ queries }),
      signal,
    });
    await expect(sent).rejects.toThrow();
    await sleep(100);
    expect(asked.length).toBeLessThan(8);
    expect(api.log()).toContain('"status":499');
  });

  test("write nothing of a query, a path, a header or an address to the log or the metrics", async () => {
    const searcher = fakeSearch(async ({ queries }) => {
      if (queries[0]!.includes("boom")) throw new Error(`failed on ${queries[0]}`);
      return echo({ queries, k: 1 });
    });
    await using api = await testApi({ searcher, store: fakeStore() });
    const q = encodeURIComponent(TEXT);
    for (const path of [
      `/api/v1/search?q=${q}`,
      `/api/v1/search?q=${q}boom`,
      `/api/v1/search?${q}=1`,
      `/api/v1/search?q=x&dataset=${q}`,
      `/api/v1/suggest?q=${q}`,
      `/api/v1/concepts/${q}`,
      `/${q}`,
      `/api/v1/${q}?${q}`,
    ])
      await api
        .send(path, { headers: { "User-Agent": "Untel", "X-Request-Id": TEXT } })
        .catch(() => undefined);
    await api.post("/api/v1/search", { queries: [TEXT] });
    await api.post("/api/v1/search", { queries: [`${TEXT} boom`] });
    await api.post("/api/v1/search", { [TEXT]: 1 });
    const { text } = await api.send("/metrics");
    const written = api.log();
    expect(written.trim().split("\n").length).toBeGreaterThan(10);
    expect(written).toContain('"fault"');
    for (const place of [written, text]) expect(place).not.toMatch(/Untel|ventre|127\.0\.0\.1/);
  });

  test("take over a request id that is an id, and log it", async () => {
    await using api = await testApi({ searcher: fakeSearch(), store: fakeStore() });
    const { headers } = await api.send("/healthz", { headers: { "X-Request-Id": "abc-12345678" } });
    expect(headers.get("X-Request-Id")).toBe("abc-12345678");
    await sleep(10);
    expect(api.log()).toContain("abc-12345678");
  });
});
