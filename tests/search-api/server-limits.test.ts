import { describe, expect, test } from "vitest";
import { type ConnectionTimeouts, MAX_HEADER_BYTES, startServer } from "../../search-api/server.ts";
import { rawRequest } from "./support/raw-request.ts";

const serving = (timeouts: Partial<ConnectionTimeouts> = {}) =>
  startServer({
    app: (_, response) => void response.end("ok"),
    host: "127.0.0.1",
    port: 0,
    graceMs: 100,
    newId: () => "1",
    timeouts: { checkEveryMs: 20, ...timeouts },
  });

const HEAD = "GET / HTTP/1.1\r\nHost: localhost\r\n";

describe("a connection", () => {
  test("has time for its headers, and is told and closed when they do not come", async () => {
    await using server = await serving({ headersMs: 400 });
    const inTime = await rawRequest(server.port, [HEAD, 100, "\r\n"], 200);
    expect(inTime.answer).toMatch(/^HTTP\/1\.1 200 /);
    const late = await rawRequest(server.port, [HEAD], 3_000);
    expect(late.answer).toMatch(/^HTTP\/1\.1 408 [\s\S]*did not arrive in time/);
    expect(late.ended).toBe(true);
  });

  test("is kept for a next request, and closed when none comes", async () => {
    await using server = await serving({ keepAliveMs: 1_500 });
    const soon = await rawRequest(server.port, [`${HEAD}\r\n`, 100, `${HEAD}\r\n`], 800);
    expect(soon.answer.match(/HTTP\/1\.1 200 /g)).toHaveLength(2);
    expect(soon.ended).toBe(false);
    const idle = await rawRequest(server.port, [`${HEAD}\r\n`], 8_000);
    expect(idle.answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(idle.ended).toBe(true);
  });

  test("takes headers of 64 KiB, and says of larger ones that they are too large", async () => {
    await using server = await serving();
    // Address, names and values count; what is between them does not.
    const padded = (bytes: number) => `${HEAD}X-Pad: ${"x".repeat(bytes)}\r\nConnection: close\r\n\r\n`;
    const within = await rawRequest(server.port, [padded(MAX_HEADER_BYTES - 100)], 2_000);
    expect(within.answer).toMatch(/^HTTP\/1\.1 200 /);
    const beyond = await rawRequest(server.port, [padded(MAX_HEADER_BYTES + 1)], 2_000);
    expect(beyond.answer).toMatch(/^HTTP\/1\.1 431 [\s\S]*send long queries by POST/);
  });
});
