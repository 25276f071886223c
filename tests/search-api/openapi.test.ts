import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fakeSearch, fakeStore } from "./support/fake-search.ts";
import { type TestApi, testApi } from "./support/test-api.ts";

describe("the OpenAPI document", () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await testApi({ searcher: fakeSearch(), store: fakeStore() });
  });
  afterAll(() => api[Symbol.asyncDispose]());

  test("is OpenAPI 3.1 and names every operation once", () => {
    expect(api.oracle.document["openapi"]).toBe("3.1.0");
    const native = api.oracle.operations.filter((name) => !/ \/(rest|fhir)\//.test(name));
    expect(api.oracle.operations.length - native.length).toBe(14 + 27);
    expect(native.sort()).toEqual([
      "get /api/v1/concepts/{cui}",
      "get /api/v1/releases",
      "get /api/v1/search",
      "get /api/v1/suggest",
      "get /healthz",
      "get /metrics",
      "get /readyz",
      "post /api/v1/search",
      "post /api/v1/search/stream",
    ]);
    const paths = Object.values(api.oracle.document["paths"] as Record<string, Record<string, unknown>>);
    const ids = paths.flatMap((item) =>
      Object.values(item).map((o) => (o as { operationId: string }).operationId),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("refers to nothing that is not in it", () => {
    const text = JSON.stringify(api.oracle.document);
    const schemas = (api.oracle.document["components"] as { schemas: object }).schemas;
    const referred = new Set(
      [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map((match) => match[1]!),
    );
    expect([...referred].filter((name) => !(name in schemas))).toEqual([]);
    expect(referred.size).toBeGreaterThan(8);
  });

  test("states the limits that hold", () => {
    const text = JSON.stringify(api.oracle.document);
    for (const limit of ['"maxLength":1000', '"maximum":200', '"maxItems":256', '"maxItems":50'])
      expect(text).toContain(limit);
  });

  test("is an oracle that notices a wrong answer", () => {
    const check = (status: number, body: unknown): void =>
      api.oracle.check("GET", `${api.url}/healthz`, status, "application/json", JSON.stringify(body));
    check(200, { status: "ok", version: "1" });
    expect(() => check(200, { status: "well", version: "1" })).toThrow();
    expect(() => check(200, { status: "ok" })).toThrow();
    expect(() => check(200, { status: "ok", version: "1", more: 1 })).toThrow();
    expect(() => check(201, { status: "ok", version: "1" })).toThrow(/status 201/);
  });

  test("is given out as JSON", async () => {
    const { status, headers } = await api.send("/api/v1/openapi.json");
    expect(status).toBe(200);
    expect(headers.get("Content-Type")).toMatch(/^application\/json/);
  });
});
