import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TracedRequest } from "../../search-api/telemetry/tracing.ts";
import { tracingFrom } from "../../search-api/telemetry/tracing.ts";
import { type SampleStore, sampleStore } from "../support/sample-store.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { fakeSearch, fakeStore } from "./support/fake-search.ts";
import { testApi } from "./support/test-api.ts";

const DASHBOARD = join(import.meta.dirname, "..", "..", "docs", "grafana-dashboard.json");

describe("a running server tells", () => {
  const folder = temporaryFolder();
  let sample: SampleStore;
  beforeAll(async () => {
    sample = await sampleStore(folder.path);
  });
  afterAll(async () => {
    await sample[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  test("how long each part of a search took, how long it waited, what a cache knew, and the indexes' recall", async () => {
    using stack = new DisposableStack();
    await using api = await testApi({
      ...sample,
      background: { canaryMs: 60_000, stack, ready: Promise.resolve() },
    });
    await api.send("/api/v1/search?q=heart");
    await api.send("/api/v1/suggest?q=hea");
    await api.send("/api/v1/suggest?q=hea");
    let text = "";
    for (let i = 0; i < 100 && !text.includes("termduet_recall_canary_ratio{"); i++) {
      await sleep(50);
      text = (await api.send("/metrics")).text;
    }
    for (const part of ["encode", "store", "merge"])
      expect(text).toContain(`termduet_${part}_duration_seconds_count 1`);
    expect(text).toMatch(/termduet_search_wait_seconds_count [1-9]/);
    expect(text).toContain('termduet_cache_lookups_total{cache="suggestions",result="hit"} 1');
    expect(text).toContain('termduet_recall_canary_ratio{dataset="sample",encoder="tiny-bert"} 1');
  });

  test("a dashboard nothing but metrics that there are", async () => {
    using stack = new DisposableStack();
    const deps = {
      ...sample,
      background: { canaryMs: 60_000, stack, ready: Promise.resolve() },
      processMetrics: true,
    };
    await using api = await testApi(deps);
    const { text } = await api.send("/metrics");
    const asked = new Set(readFileSync(DASHBOARD, "utf8").match(/\b(?:termduet|process|nodejs)_[a-z0-9_]+/g));
    expect(asked.size).toBeGreaterThan(10);
    const known = new Set(text.match(/^# TYPE (\S+)/gm)!.map((one) => one.slice("# TYPE ".length)));
    const missing = [...asked].filter(
      (name) => !known.has(name.replace(/_(bucket|sum|count)$/, "")) && !known.has(name),
    );
    expect(missing).toEqual([]);
  });
});

describe("traces", () => {
  test("say of each request its route, its parts and whose child it is, and nothing that was typed", async () => {
    const seen: TracedRequest[] = [];
    const searcher = {
      ...fakeSearch(),
      search: async (
        request: Parameters<ReturnType<typeof fakeSearch>["search"]>[0],
        context?: { onEncoded?: (ms: number) => void },
      ) => {
        context?.onEncoded?.(3);
        return fakeSearch().search(request);
      },
    };
    const tracing = { request: (request: TracedRequest) => void seen.push(request) };
    await using api = await testApi({ searcher, store: fakeStore(), tracing });
    const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
    seen.length = 0;
    await api.send("/api/v1/search?q=Madame+Untel", { headers: { traceparent } });
    await sleep(20);
    expect(seen).toMatchObject([
      { name: "GET /api/v1/search", parent: traceparent, parts: [{ name: "encode", ms: 3 }] },
    ]);
    expect(JSON.stringify(seen)).not.toContain("Untel");
  });

  test("go to the collector that OpenTelemetry's variables name, and nowhere without them", async () => {
    expect(await tracingFrom({}, "1")).toBeUndefined();
    const bodies: string[] = [];
    const collector = createServer((request, response) => {
      request.on("data", (data) => bodies.push(String(data)));
      request.on("end", () => response.end("{}"));
    });
    await new Promise<void>((resolve) => collector.listen(0, "127.0.0.1", resolve));
    const { port } = collector.address() as AddressInfo;
    process.env["OTEL_EXPORTER_OTLP_ENDPOINT"] = `http://127.0.0.1:${port}`;
    try {
      const tracing = (await tracingFrom(process.env, "1.2.3"))!;
      const parent = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
      const parts = [{ name: "encode", startedMs: 1, ms: 2 }];
      tracing.request({
        name: "GET /x",
        startedMs: 1,
        ms: 5,
        attributes: { "http.route": "/x" },
        parts,
        parent,
      });
      await tracing[Symbol.asyncDispose]();
    } finally {
      delete process.env["OTEL_EXPORTER_OTLP_ENDPOINT"];
      collector.close();
    }
    const sent = bodies.join("");
    for (const text of ["GET /x", "encode", "termduet", "1.2.3", "http.route"]) expect(sent).toContain(text);
  });
});
