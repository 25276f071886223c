import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { asHttpProblem, HttpProblem, STATUS } from "../../search-api/problems/http-problem.ts";
import { type ErrorCode, TermduetError } from "../../src/terminology/termduet-error.ts";
import { fakeSearch, fakeStore } from "./support/fake-search.ts";
import { rawRequest } from "./support/raw-request.ts";
import { type Problem, type TestApi, testApi } from "./support/test-api.ts";

const TEXT = "douleur de Madame Untel";
const STORE = "lancedb:/home/secret/store";

describe("a problem", () => {
  let failure: unknown;
  let api: TestApi;
  beforeAll(async () => {
    const searcher = fakeSearch(async () => {
      throw failure;
    });
    api = await testApi({ searcher, store: fakeStore() });
  });
  afterAll(() => api[Symbol.asyncDispose]());

  const failWith = async (error: unknown) => {
    failure = error;
    return api.send<Problem>("/api/v1/search?q=x");
  };

  test("is a complete problem document with the request's id", async () => {
    const { status, headers, json } = await api.send<Problem>("/nowhere");
    expect(status).toBe(404);
    expect(headers.get("Content-Type")).toMatch(/^application\/problem\+json/);
    expect(json).toEqual({
      type: "urn:termduet:problem:not-found",
      title: "Not found",
      status: 404,
      detail: expect.stringContaining("there is nothing at this path"),
      code: "not-found",
      requestId: headers.get("X-Request-Id"),
    });
  });

  test.each<[ErrorCode, number]>([
    ["usage", 400],
    ["not-found", 404],
    ["conflict", 409],
    ["incompatible", 503],
    ["unavailable", 503],
    ["no-space", 503],
    ["bad-input", 500],
    ["internal", 500],
  ])("of the code %s has the status %i", async (code, status) => {
    if (code === "conflict") {
      // No route of today has a conflict; the table is what later ones rely on.
      expect(STATUS[asHttpProblem(new TermduetError(code, "x"), STORE).code]).toBe(status);
      return;
    }
    const answer = await failWith(new TermduetError(code, "what, where and what to do"));
    expect(answer.status).toBe(status);
    expect(answer.json).toMatchObject({ status, code });
    expect(answer.headers.has("Retry-After")).toBe(status === 503);
  });

  test("keeps the message of what the caller can mend, and not the path of the store", async () => {
    const { json } = await failWith(
      new TermduetError("not-found", `there is no dataset x in ${STORE}; it holds y`),
    );
    expect(json.detail).toBe("there is no dataset x in the store; it holds y");
  });

  test.each<[string, unknown]>([
    ["of the store", new TermduetError("internal", `the store at /home/secret failed: norm IN ('${TEXT}')`)],
    ["of the disk", new TermduetError("no-space", "the disk of /home/secret is full")],
    ["of a file", new TermduetError("bad-input", "/home/secret/encoder.json is not JSON")],
    ["of a library", new Error(`unexpected token in ${TEXT}`)],
    ["with a status", Object.assign(new Error(`cannot parse ${TEXT} in /home/secret`), { status: 400 })],
    ["that is no error", `thrown ${TEXT} /home/secret`],
  ])("hides the words of an error %s", async (_, error) => {
    const { text } = await failWith(error);
    expect(text).not.toMatch(/secret|Untel|\bat .*:\d+/);
    expect(api.log()).not.toMatch(/Untel/);
  });

  test.each([
    ["POST", "/api/v1/suggest?q=x", "GET, HEAD, OPTIONS"],
    ["DELETE", "/api/v1/search", "GET, HEAD, POST, OPTIONS"],
    ["PUT", "/api/v1/concepts/C1", "GET, HEAD, OPTIONS"],
    ["PATCH", "/api/v1/openapi.json", "GET, HEAD, OPTIONS"],
    ["POST", "/healthz", "GET, HEAD, OPTIONS"],
    ["POST", "/", "GET, HEAD, OPTIONS"],
  ])("answers %s %s with 405 and the methods that there are", async (method, path, allow) => {
    const { status, headers, json } = await api.send<Problem>(path, { method });
    expect(status).toBe(405);
    expect(json.code).toBe("method-not-allowed");
    expect(headers.get("Allow")).toBe(allow);
    const options = await api.send(path, { method: "OPTIONS" });
    expect([options.status, options.headers.get("Allow")]).toEqual([204, allow]);
  });

  const postRaw = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string>) =>
    api.send<Problem>("/api/v1/search", { method: "POST", body, headers });

  test("answers a body that is not JSON without repeating it", async () => {
    const { status, text } = await postRaw(`{"queries": [${TEXT}`, { "Content-Type": "application/json" });
    expect(status).toBe(400);
    expect(text).toContain("the body is not JSON");
    expect(text).not.toContain("Untel");
  });

  test.each(["text/plain", "application/x-www-form-urlencoded", "application/xml"])(
    "answers a body of %s with 415",
    async (type) => {
      expect((await postRaw("queries=x", { "Content-Type": type })).status).toBe(415);
    },
  );

  test("answers an unknown charset and an unknown encoding with 415", async () => {
    expect((await postRaw("{}", { "Content-Type": "application/json; charset=x-none" })).status).toBe(415);
    const odd = await postRaw("{}", { "Content-Type": "application/json", "Content-Encoding": "x-none" });
    expect(odd.status).toBe(415);
  });

  test("lets a body of 1 MB through and answers a larger one with 413, compressed ones too", async () => {
    const body = (size: number): string => {
      const frame = JSON.stringify({ queries: ["x"], pad: "" });
      return JSON.stringify({ queries: ["x"], pad: "p".repeat(size - frame.length) });
    };
    const json = { "Content-Type": "application/json" };
    const at = await postRaw(body(1_000_000), json);
    expect([at.status, at.json.detail]).toEqual([
      400,
      expect.stringContaining("parameter that is not known"),
    ]);
    expect((await postRaw(body(1_000_001), json)).status).toBe(413);
    const bomb = await postRaw(gzipSync(body(5_000_000)), { ...json, "Content-Encoding": "gzip" });
    expect(bomb.status).toBe(413);
  });

  test("answers a malformed address", async () => {
    expect((await api.send("/api/v1/concepts/%E0%A4%A")).status).toBe(400);
    expect((await api.send("/%E0%A4%A")).status).toBe(404);
  });

  test("answers a query of a megabyte in the address with 431, and what is no HTTP with 400", async () => {
    const long = await rawRequest(api.port, [
      `GET /api/v1/search?q=${"x".repeat(1_000_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
    ]);
    expect(long.error ?? long.answer).toMatch(
      /^HTTP\/1\.1 431 .*application\/problem\+json|ECONNRESET|EPIPE/s,
    );
    expect((await rawRequest(api.port, ["hello\r\n\r\n"])).answer).toMatch(
      /^HTTP\/1\.1 400 .*application\/problem\+json.*"code":"usage"/s,
    );
  });

  test("passes a problem on as it is", () => {
    const problem = new HttpProblem("overloaded", "x", { "Retry-After": "2" });
    expect(asHttpProblem(problem, STORE)).toBe(problem);
  });
});
