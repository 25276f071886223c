import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LIMITS } from "../../../search-api/limits.ts";
import { fakeSearch, fakeStore } from "../support/fake-search.ts";
import { searchPath, type TestApi, testApi } from "../support/test-api.ts";

const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `n${i}`);

describe("a FHIR operation", () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await testApi({
      searcher: fakeSearch(),
      store: fakeStore({
        count: async (_, filter) => (filter?.["sty"]?.[0] === "T999" ? 10_001 : 10_000),
      }),
    });
  });
  afterAll(() => api[Symbol.asyncDispose]());

  const SYSTEM = "urn:termduet:fake";
  const expand = async (include: object[], parameter: object[] = []) =>
    (
      await api.send("/fhir/r5/ValueSet/$expand", {
        method: "POST",
        headers: { "Content-Type": "application/fhir+json" },
        body: JSON.stringify({
          resourceType: "Parameters",
          parameter: [
            ...parameter,
            { name: "valueSet", resource: { resourceType: "ValueSet", compose: { include } } },
          ],
        }),
      })
    ).status;
  const codes = (count: number) => names(count).map((code) => ({ code }));
  const types = (count: number) => [
    {
      system: SYSTEM,
      filter: [{ property: "semanticType", op: "in", value: Array(count).fill("T1").join() }],
    },
  ];

  test("reads so many parameters, texts or resources, in a body or an address", async () => {
    const more = (count: number): object[] => names(count).map((name) => ({ name, valueString: "x" }));
    const one = [{ system: SYSTEM, concept: codes(1) }];
    expect([
      await expand(one, more(LIMITS.fhirParameters - 1)),
      await expand(one, more(LIMITS.fhirParameters)),
    ]).toEqual([200, 400]);
    const repeated = (count: number): object[] => Array(count).fill({ name: "valueSet", resource: {} });
    expect(await expand(one, repeated(LIMITS.fhirParameters))).toBe(400);
    const ask = async (count: number) =>
      (await api.send(searchPath(Object.fromEntries(names(count).map((n) => [n, 1])), "/fhir/r4/metadata")))
        .status;
    expect([await ask(LIMITS.fhirParameters), await ask(LIMITS.fhirParameters + 1)]).toEqual([200, 400]);
  });

  test("reads so many includes, and so many codes in all of them", async () => {
    const includes = (count: number) =>
      Array.from({ length: count }, () => ({ system: SYSTEM, concept: codes(1) }));
    expect([
      await expand(includes(LIMITS.fhirIncludes)),
      await expand(includes(LIMITS.fhirIncludes + 1)),
    ]).toEqual([200, 422]);
    const halves = (more: number) => [
      { system: SYSTEM, concept: codes(LIMITS.fhirCodes / 2) },
      { system: SYSTEM, concept: codes(LIMITS.fhirCodes / 2 + more) },
    ];
    expect([await expand(halves(0)), await expand(halves(1))]).toEqual([200, 422]);
  });

  test("reads so many semantic types, and texts of so many characters wherever they stand", async () => {
    expect([await expand(types(LIMITS.listEntries)), await expand(types(LIMITS.listEntries + 1))]).toEqual([
      200, 422,
    ]);
    const n = LIMITS.queryCharacters;
    const listed = (length: number) => [{ system: SYSTEM, concept: [{ code: "c".repeat(length) }] }];
    expect([await expand(listed(n)), await expand(listed(n + 1))]).toEqual([200, 400]);
    const under = (length: number) => [
      { system: SYSTEM, filter: [{ property: "concept", op: "is-a", value: "c".repeat(length) }] },
    ];
    expect([await expand(under(n)), await expand(under(n + 1))]).toEqual([200, 400]);
    const validate = async (coding: object) =>
      (
        await api.send("/fhir/r4/CodeSystem/$validate-code", {
          method: "POST",
          headers: { "Content-Type": "application/fhir+json" },
          body: JSON.stringify({
            resourceType: "Parameters",
            parameter: [{ name: "coding", valueCoding: { system: SYSTEM, code: "1", ...coding } }],
          }),
        })
      ).status;
    const display = (length: number) => validate({ display: "d".repeat(length) });
    expect([await display(n), await display(n + 1)]).toEqual([200, 400]);
  });

  test("lists what ten thousand strings name, and wants a filter for more", async () => {
    const typed = (value: string) => [
      { system: SYSTEM, filter: [{ property: "semanticType", op: "=", value }] },
    ];
    expect([await expand(typed("T047")), await expand(typed("T999"))]).toEqual([200, 422]);
  });

  test("says it where a concept has lists and filters at once", async () => {
    expect(await expand([{ ...types(1)[0]!, concept: codes(1) }])).toBe(400);
  });
});

test("a code has two hundred matches, and where there are more the answer says so", async () => {
  const answers = [];
  for (const count of [200, 201]) {
    const entries = names(count).map((id) => ({ id, term: id, cui: "C1", name: "x", rating: 5 }));
    const map = { id: "m", url: "urn:m", source: "urn:lexicon", entries };
    await using api = await testApi({ searcher: fakeSearch(), store: fakeStore(), maps: [map] });
    const asked = { targetCode: "C1", system: "urn:termduet:fake", url: "urn:m" };
    const { json } = await api.send<{ parameter: { name: string }[] }>(
      searchPath(asked, "/fhir/r5/ConceptMap/$translate"),
    );
    const given = (name: string) => json.parameter.filter((one) => one.name === name).length;
    answers.push([given("match"), given("message")]);
  }
  expect(answers).toEqual([
    [200, 0],
    [200, 1],
  ]);
});
