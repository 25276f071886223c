import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { DEFAULT_LOAD, LIMITS } from "../../search-api/limits.ts";
import type { SearchRequest } from "../../src/retrieval/request/search-types.ts";
import { echo, fakeSearch, fakeStore, gate } from "./support/fake-search.ts";
import { type Problem, type TestApi, testApi } from "./support/test-api.ts";

const PATH = "/api/v1/search/stream";
const send = <T>(api: TestApi, body: string, type = "application/x-ndjson", accept = "*/*", path = PATH) =>
  api.send<T>(path, { method: "POST", headers: { "Content-Type": type, Accept: accept }, body });
const linesOf = (text: string): Record<string, unknown>[] =>
  text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

describe("a stream of queries", () => {
  test("answers each line in its place, searches in parts, and goes on after what can't be searched", async () => {
    const asked: SearchRequest[] = [];
    const searcher = fakeSearch(async (part) => {
      asked.push(part);
      return echo(part);
    });
    await using api = await testApi({ searcher, store: fakeStore() });
    const queries = Array.from({ length: 100 }, (_, i) => `query ${i}`);
    const body = [
      '"plain"',
      ...queries.map((query, id) => JSON.stringify({ id, query })),
      "{",
      '{"query":""}',
      "3",
    ];
    const { status, text, headers } = await send(
      api,
      body.join("\n"),
      undefined,
      undefined,
      `${PATH}?k=1&lat=FRE`,
    );
    expect([status, headers.get("Content-Type")]).toEqual([200, "application/x-ndjson"]);
    const lines = linesOf(text);
    expect(lines.slice(0, 101).map(({ query }) => query)).toEqual(["plain", ...queries]);
    expect(lines.slice(1, 101).map(({ id }) => id)).toEqual(queries.map((_, i) => i));
    expect(lines.slice(101).map(({ error }) => error)).toEqual([
      "the line holds no query",
      "the query is empty; give some words to search for",
      "the line holds no query",
    ]);
    expect(
      asked.every(
        ({ queries: part, k, filter }) => part.length <= 16 && k === 1 && filter?.lat?.[0] === "FRE",
      ),
    ).toBe(true);
  });

  test("takes and gives CSV, without formulas that a spreadsheet would run", async () => {
    await using api = await testApi({ searcher: fakeSearch(), store: fakeStore() });
    const csv = 'id,query\n7,"heart, attack"\n8,=1+1\n9,\n';
    const { text, headers } = await send(api, csv, "text/csv; charset=utf-8", "*/*", `${PATH}?k=1`);
    expect(headers.get("Content-Type")).toBe("text/csv; charset=utf-8");
    expect(text.split("\n").slice(0, 3)).toEqual([
      "id,query,rank,cui,name,string,sab,lat,matchType,rating,error",
      '7,"heart, attack",1,C0000001,Name,name,S,ENG,semantic,3,',
      "8,'=1+1,1,C0000001,Name,name,S,ENG,semantic,3,",
    ]);
    expect(text.split("\n")[3]).toMatch(/^9,,,,,,,,,,the query is empty/);
    const crossed = await send(api, csv, "text/csv", "application/x-ndjson");
    expect(linesOf(crossed.text).map(({ id }) => id)).toEqual(["7", "8", "9"]);
  });

  test("refuses what is no stream", async () => {
    await using api = await testApi({ searcher: fakeSearch(), store: fakeStore() });
    expect((await send(api, "{}", "application/json")).status).toBe(415);
    expect((await send(api, "colour\nred\n", "text/csv")).status).toBe(400);
    expect((await send(api, '"x"', "application/x-ndjson", "*/*", `${PATH}?k=0`)).status).toBe(400);
    const long = (length: number) => send<Problem>(api, JSON.stringify({ query: "x".repeat(length) }));
    expect((await long(LIMITS.lineCharacters - 20)).status).toBe(200); // the query is too long, and told so in its line
    expect((await long(LIMITS.lineCharacters + 1)).status).toBe(413);
    expect((await send(api, `query\n${"x".repeat(LIMITS.lineCharacters + 2)}\n`, "text/csv")).status).toBe(
      413,
    );
  });

  test("of CSV that is none is refused and never a fault of the server, wherever the network parts it", async () => {
    await using api = await testApi({ searcher: fakeSearch(), store: fakeStore() });
    const bodies = [
      '"*"\n{"id":1,"query":"⦛Շⴖ⨸"}\n{',
      'query\n{"id":1,"query":"x"}\n{',
      'id,query\n1,x\n"',
      '"',
      "[",
    ];
    for (const body of bodies) {
      const bytes = Buffer.from(body);
      for (const size of [1, 5, bytes.length]) {
        const status = await new Promise<number>((resolve, reject) => {
          const headers = { "Content-Type": "text/csv" };
          const sent = request(`${api.url}${PATH}?cui=`, { method: "POST", headers }, (response) => {
            response.resume();
            resolve(response.statusCode!);
          });
          sent.on("error", reject);
          sent.setNoDelay(true);
          for (let at = 0; at < bytes.length; at += size) sent.write(bytes.subarray(at, at + size));
          sent.end();
        });
        expect([body, size, status]).toEqual([body, size, 400]);
      }
    }
    expect(api.log()).not.toContain('"fault"');
  });

  test("answers while queries arrive, and does not read ahead of what it answers", async () => {
    let searched = 0;
    const { opened, open } = gate();
    const searcher = fakeSearch(async (part) => {
      searched += part.queries.length;
      if (searched > 64) await opened;
      return echo(part);
    });
    await using api = await testApi({ searcher, store: fakeStore() });
    const sent = request(`${api.url}${PATH}`, {
      method: "POST",
      headers: { "Content-Type": "application/x-ndjson" },
    });
    const answered = new Promise<string>((resolve) => {
      sent.once("response", (response) => response.once("data", (data) => resolve(String(data))));
    });
    const part = `${Array.from({ length: 16 }, (_, i) => JSON.stringify(`q${i} ${"x".repeat(500)}`)).join("\n")}\n`;
    sent.write(part);
    expect((await answered).split("\n")[0]).toContain('"query":"q0 x');
    let flowing = true;
    for (let i = 0; i < 2_000 && flowing; i++) {
      flowing =
        sent.write(part) ||
        (await Promise.race([new Promise((r) => sent.once("drain", () => r(true))), sleep(500, false)])) ===
          true;
    }
    expect(flowing).toBe(false);
    expect(searched).toBeLessThanOrEqual(80);
    open();
    sent.destroy();
  });

  test("is one of at most so many, and frees its place", async () => {
    const { opened, open } = gate();
    const searcher = fakeSearch(async (part) => {
      await opened;
      return echo(part);
    });
    await using api = await testApi({ searcher, store: fakeStore(), load: { ...DEFAULT_LOAD, streams: 1 } });
    const first = send(api, '"x"');
    await sleep(50);
    expect((await send<Problem>(api, '"x"')).json.code).toBe("overloaded");
    open();
    expect((await first).status).toBe(200);
    expect((await send(api, '"x"')).status).toBe(200);
  });

  test("cuts the connection when it fails after it has begun", async () => {
    let parts = 0;
    const searcher = fakeSearch(async (part) => {
      if (++parts > 1) throw new Error("boom");
      return echo(part);
    });
    await using api = await testApi({ searcher, store: fakeStore() });
    const body = Array.from({ length: 40 }, (_, i) => `"q${i}"`).join("\n");
    await expect(send(api, body)).rejects.toThrow();
    expect((await api.send("/healthz")).status).toBe(200);
    expect(api.log()).toContain('"fault"');
  });

  test("of more than 100,000 queries is refused before it is all answered", async () => {
    await using api = await testApi({
      searcher: fakeSearch(async ({ queries }) => echo({ queries, k: 0 })),
      store: fakeStore(),
    });
    const body = (count: number) => '"x"\n'.repeat(count);
    const whole = await fetch(`${api.url}${PATH}`, {
      method: "POST",
      headers: { "Content-Type": "application/x-ndjson" },
      body: body(LIMITS.streamQueries),
    });
    expect((await whole.text()).split("\n").length).toBe(LIMITS.streamQueries + 1);
    const over = fetch(`${api.url}${PATH}`, {
      method: "POST",
      headers: { "Content-Type": "application/x-ndjson" },
      body: body(LIMITS.streamQueries + 1),
    }).then((response) => response.text());
    await expect(over).rejects.toThrow();
  });
});
