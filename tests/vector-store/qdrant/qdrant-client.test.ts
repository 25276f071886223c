import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { QdrantClient } from "../../../src/vector-store/qdrant/qdrant-client.ts";
import { QdrantStore } from "../../../src/vector-store/qdrant/qdrant-store.ts";
import { parseQdrantUrl } from "../../../src/vector-store/qdrant/store-settings.ts";
import { freePort } from "../../support/qdrant-server.ts";

type Answer = [status: number, body: unknown] | "reset" | "silence";

/** A server that gives these answers in turn, the last one again and again. */
async function serverOf(answers: Answer[]): Promise<AsyncDisposable & { host: string; calls: string[] }> {
  const calls: string[] = [];
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const answer = answers[Math.min(calls.length, answers.length - 1)]!;
    calls.push(`${request.method} ${request.url} ${request.headers["api-key"] ?? ""}`.trim());
    if (answer === "silence") return;
    if (answer === "reset") request.socket.destroy();
    else response.writeHead(answer[0]).end(JSON.stringify(answer[1]));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

const call = { method: "GET", path: "/x", doing: "asking for x" } as const;
const clientOf = (hosts: string, query = ""): QdrantClient =>
  new QdrantClient(parseQdrantUrl(`qdrant+http://:k3y@${hosts}${query}`, {}));

describe("a call", () => {
  test.each<[string, Answer]>([
    ["a connection that breaks", "reset"],
    ["a server that is busy", [503, {}]],
    ["one that asks to come more slowly", [429, {}]],
    ["a cluster that elects", [500, { status: { error: "Waiting for consensus operation commit failed" } }]],
  ])("is made again after %s", async (_, answer) => {
    await using server = await serverOf([answer, answer, [200, { result: 7 }]]);
    using client = clientOf(server.host);
    expect(await client.call(call)).toBe(7);
    expect(server.calls).toEqual(new Array(3).fill("GET /x k3y"));
  });

  test.each<[string, Answer, object]>([
    [
      "a wrong key",
      [401, {}],
      { code: "unavailable", message: expect.stringContaining("TERMDUET_QDRANT_API_KEY") },
    ],
    [
      "a key that may only read",
      [403, {}],
      { code: "unavailable", message: expect.stringContaining("API key") },
    ],
    ["what is not there", [404, {}], { code: "not-found" }],
    ["what is wrong", [400, { status: { error: "secret query" } }], { code: "internal" }],
    [
      "a full disk",
      [500, { status: { error: "Service internal error: No space left on device" } }],
      { code: "no-space", message: expect.stringContaining("make room") },
    ],
  ])("is not made again after %s", async (_, answer, expected) => {
    await using server = await serverOf([answer]);
    using client = clientOf(server.host);
    const failure = client.call({ ...call, writes: true });
    await expect(failure).rejects.toMatchObject(expected);
    await expect(failure).rejects.toThrow(/^(?!.*(secret query|k3y|\n)).*while asking for x/);
    expect(server.calls.length).toBe(1);
  });

  test("that gets no answer is given up after its time, and says so", async () => {
    await using server = await serverOf(["silence"]);
    using client = clientOf(server.host);
    const started = performance.now();
    await expect(client.call({ ...call, timeoutMs: 300 })).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringMatching(/ETIMEDOUT.*is Qdrant running there\?$/),
    });
    expect(performance.now() - started).toBeLessThan(6000);
  });

  test("for which no time is left is not made, and tries do not outlast the time", async () => {
    await using server = await serverOf([[503, {}]]);
    using client = clientOf(server.host);
    await expect(client.call({ ...call, timeoutMs: 0 })).rejects.toMatchObject({
      code: "unavailable",
      message: "no time is left for asking for x; try again",
    });
    expect(server.calls.length).toBe(0);
    const started = performance.now();
    await expect(client.call({ ...call, timeoutMs: 200 })).rejects.toMatchObject({ code: "unavailable" });
    expect(performance.now() - started).toBeLessThan(1500);
  });

  test("goes to another node when one is away", async () => {
    await using server = await serverOf([[200, { result: "here" }]]);
    using client = clientOf(`127.0.0.1:${await freePort()},${server.host}`);
    expect(await client.call(call)).toBe("here");
    expect(await client.call(call)).toBe("here");
    expect(server.calls.length).toBe(2);
  });

  test("that writes is tried for as long as patience lasts", async () => {
    using client = clientOf(`127.0.0.1:${await freePort()}`, "?patience=1");
    const started = performance.now();
    await expect(client.call({ ...call, writes: true })).rejects.toMatchObject({ code: "unavailable" });
    expect(performance.now() - started).toBeGreaterThan(300);
    expect(performance.now() - started).toBeLessThan(2500);
  });
});

describe("a store is not opened", () => {
  test.each<[string, Answer[], object]>([
    [
      "when the server is too old",
      [[200, { title: "qdrant - vector search engine", version: "1.9.4" }]],
      { code: "incompatible", message: expect.stringMatching(/1\.9\.4; Qdrant 1\.\d+ or newer is needed$/) },
    ],
    ["when it is no Qdrant", [[200, { name: "elasticsearch" }]], { code: "incompatible" }],
    [
      "when the key is wrong",
      [
        [200, { title: "qdrant", version: "1.18.3" }],
        [401, {}],
      ],
      { code: "unavailable", message: expect.stringContaining("refuses the API key") },
    ],
  ])("%s", async (_, answers, expected) => {
    await using server = await serverOf(answers);
    await expect(QdrantStore.open(`qdrant+http://${server.host}`, {})).rejects.toMatchObject(expected);
  });

  test("is opened at a server of a later version", async () => {
    await using server = await serverOf([
      [200, { title: "qdrant", version: "2.3.0" }],
      [200, { result: { aliases: [] } }],
    ]);
    await using store = await QdrantStore.open(`qdrant+http://${server.host}`, {});
    expect(await store.aliases()).toEqual({});
  });
});
