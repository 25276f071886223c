import { writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { Admission } from "../../search-api/guards/admission.ts";
import { Places } from "../../search-api/guards/places.ts";
import { DEFAULT_LOAD } from "../../search-api/limits.ts";
import { keysOf } from "../../src/cli/serve-guards.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { echo, fakeSearch, fakeStore, gate } from "./support/fake-search.ts";
import { rawRequest } from "./support/raw-request.ts";
import { type Problem, testApi } from "./support/test-api.ts";

/** Sends the head of a request, and never more. */
function begun(
  port: number,
  head: string,
): Promise<{ socket: Socket; answer: () => string; closed: Promise<void> }> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1", () => {
      socket.write(head);
      const closed = new Promise<void>((done) => socket.once("close", () => done()));
      resolve({ socket, answer: () => answer, closed });
    });
    socket.on("data", (data) => {
      answer += data;
    });
    socket.on("error", () => undefined);
  });
}

const STREAM =
  "POST /api/v1/search/stream HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n";

describe("idle streams", () => {
  test("are ended after a while, so that others find a place", async () => {
    const load = { ...DEFAULT_LOAD, idleMs: 300, streams: 2, streamsPerCaller: 2 };
    await using api = await testApi({ searcher: fakeSearch(), store: fakeStore(), load });
    const idle = await Promise.all([begun(api.port, STREAM), begun(api.port, STREAM)]);
    await sleep(100);
    const send = () =>
      api.send<Problem>("/api/v1/search/stream", {
        method: "POST",
        headers: { "Content-Type": "application/x-ndjson" },
        body: '"x"\n',
      });
    expect((await send()).status).toBe(503);
    await sleep(500);
    for (const { answer } of idle) expect(answer()).toContain("no line has come for 0.3 s");
    expect((await send()).status).toBe(200);
    for (const { socket } of idle) socket.destroy();
  });
});

test("a client that takes nothing of its answer is cut, and one that takes it slowly is not", async () => {
  const big = "x".repeat(20_000_000);
  const searcher = fakeSearch(async (request) => {
    const [answer] = echo(request);
    return request.queries.map(() => ({ ...answer!, query: big }));
  });
  await using api = await testApi({ searcher, store: fakeStore(), load: { ...DEFAULT_LOAD, idleMs: 500 } });
  const request = "GET /api/v1/search?q=x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  const stuck = await begun(api.port, request);
  stuck.socket.pause();
  const slow = await begun(api.port, request);
  let taken = 0;
  slow.socket.removeAllListeners("data");
  slow.socket.on("data", (data) => {
    taken += data.length;
    slow.socket.pause();
    setTimeout(() => slow.socket.resume(), 5);
  });
  await slow.closed;
  expect(taken).toBeGreaterThan(big.length);
  await sleep(1_500);
  stuck.socket.resume();
  await stuck.closed;
  expect(stuck.answer().length).toBeLessThan(big.length);
}, 60_000);

test("a body that does not arrive in time is answered before the connection is cut", async () => {
  const load = { ...DEFAULT_LOAD, deadlineMs: 200 };
  await using api = await testApi({ searcher: fakeSearch(), store: fakeStore(), load });
  const head =
    'POST /api/v1/search HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"q';
  const { answer, closed } = await begun(api.port, head);
  await closed;
  expect(answer()).toMatch(/^HTTP\/1\.1 408 .*the body did not arrive in time/s);
});

describe("places for long work", () => {
  test("are not all one caller's, and come back", () => {
    const places = new Places("streams", 3, 2);
    const first = places.take("a");
    const second = places.take("a");
    expect(() => places.take("a")).toThrow(/2 streams of yours are under way/);
    const third = places.take("b");
    expect(() => places.take("c")).toThrow(/too many streams/);
    for (const place of [first, second, third]) place[Symbol.dispose]();
    for (const caller of ["a", "a", "c"]) places.take(caller);
  });

  test.each([
    ["a proxy that is trusted", ["loopback"], 200],
    ["nobody", [], 503],
  ])("of batches are counted by whom %s says that they are of", async (_, trustedProxies, expected) => {
    const { opened, open } = gate();
    const searcher = fakeSearch(async (request) => {
      await opened;
      return echo(request);
    });
    const load = { ...DEFAULT_LOAD, batchesPerCaller: 1 };
    await using api = await testApi({ searcher, store: fakeStore(), load, trustedProxies });
    const batch = async (from: string): Promise<number> => {
      const response = await fetch(`${api.url}/api/v1/search`, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Forwarded-For": from },
        body: JSON.stringify({ queries: ["a", "b"] }),
      });
      return response.status;
    };
    const first = batch("10.1.1.1");
    await sleep(100);
    expect(await batch("10.1.1.1")).toBe(503);
    const other = batch("10.2.2.2");
    await sleep(100);
    open();
    expect([await first, await other]).toEqual([200, expected]);
  });
});

test("single searches go before parts of batches, which get on all the same", async () => {
  const admission = new Admission({ concurrent: 2, waiting: 100, maxWaitMs: 10_000 });
  const { signal } = new AbortController();
  const order: string[] = [];
  const work = (name: string) => async (): Promise<void> => {
    order.push(name);
    await sleep(5);
  };
  const batches = Array.from({ length: 8 }, (_, i) =>
    admission.run(signal, work(`b${i}`), { patient: true, behind: true }),
  );
  // A batch takes one place of the two; the other is free for whoever waits.
  expect(order).toEqual(["b0"]);
  const singles = Array.from({ length: 8 }, (_, i) => admission.run(signal, work(`s${i}`)));
  expect(order).toEqual(["b0", "s0"]);
  await Promise.all([...batches, ...singles]);
  expect(order.indexOf("s7")).toBeLessThan(order.indexOf("b4"));
  expect(order.indexOf("b1")).toBeLessThan(order.indexOf("s7"));
  expect(admission.running).toBe(0);
});

describe("closed doors", () => {
  test("a page of another origin may not call /mcp; none, the server's own and an allowed one may", async () => {
    const corsOrigins = ["https://desk.example.org"];
    await using api = await testApi({ searcher: fakeSearch(), store: fakeStore(), corsOrigins });
    const call = async (origin?: string): Promise<number> => {
      const response = await fetch(`${api.url}/mcp`, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          Accept: "application/json, text/event-stream",
          ...(origin ? { Origin: origin } : {}),
        },
        body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" }),
      });
      return response.status;
    };
    expect(await call("http://evil.example")).toBe(403);
    for (const origin of [undefined, api.url, "https://desk.example.org"])
      expect(await call(origin)).toBe(200);
  });

  test("a Host that is not named is refused on every address where names are given", async () => {
    await using api = await testApi({
      searcher: fakeSearch(),
      store: fakeStore(),
      allowedHosts: ["terms.example.org"],
    });
    const status = async (host: string): Promise<string> => {
      const { answer } = await rawRequest(api.port, [
        `GET /healthz HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
      ]);
      return answer.slice(9, 12);
    };
    expect([await status("terms.example.org"), await status("evil.example")]).toEqual(["200", "403"]);
  });

  test("a named file without keys is an error, with and without comments", () => {
    using folder = temporaryFolder();
    const apiKeys = join(folder.path, "keys");
    for (const text of ["", "# the last one was revoked\n"]) {
      writeFileSync(apiKeys, text);
      for (const env of [{}, { TERMDUET_API_KEY: "a-key-that-is-long-enough" }])
        expect(() => keysOf({ host: "127.0.0.1", apiKeys }, env)).toThrow(
          /holds no key.*termduet keys create/,
        );
    }
  });
});
