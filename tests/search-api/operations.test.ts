import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { SearchBackend } from "../../search-api/search-backend.ts";
import { startServer } from "../../search-api/server.ts";
import { TermduetError } from "../../src/terminology/termduet-error.ts";
import { echo, fakeSearch, fakeStore, gate, RECORD } from "./support/fake-search.ts";
import { type Problem, testApi } from "./support/test-api.ts";

const OTHER = new TermduetError(
  "incompatible",
  "fake 1 was encoded with a, and no encoder a is installed here",
);

describe("a running server", () => {
  test("is alive even when it is not ready, and says why it is not", async () => {
    const searcher = fakeSearch(() => Promise.reject(OTHER));
    await using api = await testApi({ searcher, store: fakeStore() });
    expect((await api.send("/healthz")).json).toEqual({ status: "ok", version: "0.0.0" });
    const { status, headers, json } = await api.send<Problem>("/readyz");
    expect([status, json.code, headers.has("Retry-After")]).toEqual([503, "incompatible", true]);
    expect(json.detail).toContain("no encoder a is installed here");
  });

  test("is not ready without a release", async () => {
    const searcher = fakeSearch();
    searcher.releases.all = async () => [];
    await using api = await testApi({ searcher, store: fakeStore() });
    const { status, json } = await api.send<Problem>("/readyz");
    expect([status, json.detail]).toEqual([503, "the store holds no release"]);
  });

  test("is ready when one of several releases can be searched, and becomes so without a restart", async () => {
    let fails = true;
    let now = 0;
    const second = { ...RECORD, dataset: "second" };
    const searcher = fakeSearch(async (request) => {
      if (fails || request.dataset === "second") throw OTHER;
      return echo(request);
    });
    searcher.releases.all = async () => [RECORD, second];
    await using api = await testApi({ searcher, store: fakeStore(), now: () => now });
    expect((await api.send("/readyz")).status).toBe(503);
    fails = false;
    const { json } = await api.send<{ releases: { dataset: string; ready: boolean }[] }>("/readyz");
    expect(json.releases.map(({ dataset, ready }) => [dataset, ready])).toEqual([
      ["fake", true],
      ["second", false],
    ]);
    fails = true;
    expect((await api.send("/readyz")).status).toBe(200); // asked again only after some seconds
    now += 6_000;
    expect((await api.send("/readyz")).status).toBe(503);
  });

  test("measures requests and searches", async () => {
    const searcher: SearchBackend = {
      ...fakeSearch(),
      search: async (request, observe) => {
        observe?.onEncoded?.(4);
        return echo(request);
      },
    };
    await using api = await testApi({ searcher, store: fakeStore() });
    await api.send("/api/v1/search?q=x");
    await api.post("/api/v1/search", { queries: ["x", "y"] });
    await api.send("/api/v1/search");
    await api.send("/wp-login.php");
    const { text, headers } = await api.send("/metrics");
    expect(headers.get("Content-Type")).toMatch(/^text\/plain/);
    const count = 'termduet_http_request_duration_seconds_count{route="/api/v1/search"';
    expect(text).toContain(`${count},method="GET",status="200"} 1`);
    expect(text).toContain(`${count},method="GET",status="400"} 1`);
    expect(text).toContain("termduet_search_queries_total 3");
    expect(text).toContain("termduet_search_duration_seconds_count 2");
    expect(text).toContain("termduet_encode_duration_seconds_sum 0.006");
    expect(text).toContain("termduet_searches_running 0");
    expect(text).not.toContain("wp-login");
  });

  test("says which port is in use", async () => {
    await using api = await testApi({ searcher: fakeSearch(), store: fakeStore() });
    const port = Number(new URL(api.url).port);
    const second = startServer({
      app: () => undefined,
      host: "127.0.0.1",
      port,
      graceMs: 0,
      newId: () => "",
    });
    await expect(second).rejects.toMatchObject({
      code: "unavailable",
      message: `port ${port} of 127.0.0.1 is in use; stop what listens there, or choose another by --port`,
    });
    const elsewhere = startServer({
      app: () => undefined,
      host: "192.0.2.1",
      port: 0,
      graceMs: 0,
      newId: () => "",
    });
    await expect(elsewhere).rejects.toMatchObject({ message: expect.stringContaining("--host") });
  });

  test("answers what it is answering before it stops, and accepts nothing new meanwhile", async () => {
    const { opened, open } = gate();
    const searcher = fakeSearch(async (request) => {
      await opened;
      return echo(request);
    });
    const api = await testApi({ searcher, store: fakeStore() });
    const pending = api.send<{ query: string }>("/api/v1/search?q=x");
    await sleep(50);
    let stopped = false;
    const stop = api[Symbol.asyncDispose]().then(() => {
      stopped = true;
    });
    await sleep(50);
    expect(stopped).toBe(false);
    await expect(fetch(`${api.url}/healthz`)).rejects.toThrow();
    open();
    expect((await pending).json.query).toBe("x");
    await stop;
    expect(stopped).toBe(true);
  });

  test("does not wait for ever for a request that never ends", async () => {
    const searcher = fakeSearch(() => new Promise(() => undefined));
    const api = await testApi({ searcher, store: fakeStore() }, 100);
    const pending = api.send("/api/v1/search?q=x").catch(() => "cut off");
    await sleep(50);
    const started = performance.now();
    await api[Symbol.asyncDispose]();
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(await pending).toBe("cut off");
  });
});
