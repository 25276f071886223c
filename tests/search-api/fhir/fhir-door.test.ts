import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "fhir-kit-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readAlignmentMap } from "../../../search-api/fhir/concept-maps.ts";
import { type SampleStore, sampleStore } from "../../support/sample-store.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { searchPath, type TestApi, testApi } from "../support/test-api.ts";

type Json = Record<string, unknown>;
type Parameter = { name: string; part?: Parameter[] } & Json;
interface Expansion {
  expansion: {
    total?: number;
    offset: number;
    contains?: {
      code: string;
      display: string;
      system: string;
      designation?: { language: string; value: string }[];
    }[];
  };
}

const INFARCTION = "C0027051";
const HEART_DISEASE = "C0018799";
const SYSTEM = "urn:termduet:sample";
const ALL = `${SYSTEM}?fhir_vs`;

describe.each(["r4", "r5"] as const)("a FHIR %s client (fhir-kit-client)", (release) => {
  const folder = temporaryFolder();
  let sample: SampleStore;
  let api: TestApi;
  let client: Client;
  beforeAll(async () => {
    sample = await sampleStore(folder.path);
    const alignment = join(folder.path, "lexique");
    mkdirSync(alignment);
    writeFileSync(
      join(alignment, "alignments.csv"),
      `id,term,cui,name,string,rating,source\n1,crise cardiaque,${INFARCTION},Myocardial infarction,crise cardiaque,5,both\n2,coeur malade,${HEART_DISEASE},Heart disease,maladie du coeur,3,a\n3,rien,,,,0,\n`,
    );
    api = await testApi({ ...sample, maps: [readAlignmentMap(alignment)] });
    client = new Client({ baseUrl: `${api.url}/fhir/${release}` });
  });
  afterAll(async () => {
    await api[Symbol.asyncDispose]();
    await sample[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  /** Asks by the client, by POST and by GET: both answers must be the same, and the one that the document foresees. */
  const operate = async <T = Json>(
    resourceType: string,
    name: string,
    input: Record<string, string>,
  ): Promise<T> => {
    const byGet = await api.send<T>(searchPath(input, `/fhir/${release}/${resourceType}/$${name}`));
    expect(byGet.headers.get("Content-Type")).toMatch(/^application\/fhir\+json/);
    expect(byGet.status, byGet.text).toBe(200);
    const parameter = Object.entries(input).map(([key, value]) => ({ name: key, valueString: value }));
    const byPost = (await client.operation({
      resourceType,
      name,
      method: "POST",
      input: { resourceType: "Parameters", parameter },
    })) as T;
    const timeless = (one: T) => ({
      ...one,
      expansion: { ...(one as Expansion).expansion, identifier: "", timestamp: "" },
    });
    expect(timeless(byPost)).toEqual(timeless(byGet.json));
    return byGet.json;
  };
  const valueIn = (answer: Json, name: string): unknown => {
    const found = (answer["parameter"] as Parameter[]).find((one) => one.name === name);
    return found?.[Object.keys(found).find((key) => key.startsWith("value"))!];
  };
  const all = (answer: Json, name: string): Parameter[] =>
    (answer["parameter"] as Parameter[]).filter((one) => one.name === name);
  const partsOf = (parameter: Parameter): Record<string, unknown> =>
    Object.fromEntries(
      parameter.part!.map((part) => [
        part.name,
        part[Object.keys(part).find((key) => key.startsWith("value"))!],
      ]),
    );
  const expand = async (input: Record<string, string>) =>
    (await operate<Expansion>("ValueSet", "expand", { url: ALL, ...input })).expansion;

  test("reads what the server can do", async () => {
    const statement = (await client.capabilityStatement()) as Json;
    expect(statement).toMatchObject({
      resourceType: "CapabilityStatement",
      fhirVersion: release === "r4" ? "4.0.1" : "5.0.0",
    });
    const { json } = await api.send<Json>(`/fhir/${release}/metadata?mode=terminology`);
    expect(json["resourceType"]).toBe("TerminologyCapabilities");
    expect(JSON.stringify(json["codeSystem"])).toContain(`"${SYSTEM}"`);
  });

  test("finds and reads code systems, value sets and concept maps", async () => {
    for (const [type, url] of [
      ["CodeSystem", SYSTEM],
      ["ValueSet", ALL],
      ["ConceptMap", "urn:termduet:alignment:lexique"],
    ] as const) {
      const bundle = (await client.search({ resourceType: type, searchParams: { url } })) as Json;
      expect(bundle["total"]).toBe(1);
      const { resource } = (bundle["entry"] as { resource: Json }[])[0]!;
      const read = await client.read({ resourceType: type, id: String(resource["id"]) });
      expect(read).toEqual(resource);
    }
    const none = (await client.search({
      resourceType: "CodeSystem",
      searchParams: { url: "urn:none" },
    })) as Json;
    expect(none["total"]).toBe(0);
  });

  test("looks a code up, with its names, language by language, and its neighbours", async () => {
    const answer = await operate("CodeSystem", "lookup", {
      system: SYSTEM,
      code: INFARCTION,
      displayLanguage: "fr-CA",
    });
    expect(valueIn(answer, "name")).toBe("sample");
    expect(valueIn(answer, "version")).toBe("1");
    expect(valueIn(answer, "display")).toBe("Infarctus du myocarde");
    const names = all(answer, "designation").map(partsOf);
    expect(names).toContainEqual({ language: "fr", value: "crise cardiaque" });
    const properties = all(answer, "property").map(partsOf);
    expect(properties).toContainEqual({
      code: "semanticType",
      value: "T047",
      description: "Disease or Syndrome",
    });
    expect(properties.find(({ code }) => code === "parent")).toMatchObject({
      description: "Coronary artery disease",
    });
    expect(valueIn(answer, "definition") !== undefined).toBe(release === "r5");
    const few = await operate("CodeSystem", "lookup", {
      system: SYSTEM,
      code: INFARCTION,
      property: "semanticType",
    });
    expect(all(few, "designation")).toEqual([]);
    expect(all(few, "property").map((one) => partsOf(one)["code"])).toEqual(["semanticType"]);
  });

  test("looks a source's code up", async () => {
    const source = `${SYSTEM}:TDSAMPLE`;
    const { contains } = await expand({ url: `${source}?fhir_vs`, filter: "myocardial infarction" });
    const answer = await operate("CodeSystem", "lookup", { system: source, code: contains![0]!.code });
    expect(valueIn(answer, "display")).toBe("Myocardial infarction");
    expect(all(answer, "property").map(partsOf)).toContainEqual({ code: "cui", value: INFARCTION });
  });

  test("is told of a code, a system and a version that are not there by an OperationOutcome", async () => {
    const fails = async (input: Record<string, string>): Promise<[number, string]> => {
      const { status, json } = await api.send<{ resourceType: string; issue: { code: string }[] }>(
        searchPath(input, `/fhir/${release}/CodeSystem/$lookup`),
      );
      expect(json.resourceType).toBe("OperationOutcome");
      return [status, json.issue[0]!.code];
    };
    expect(await fails({ system: SYSTEM, code: "C9999999" })).toEqual([404, "not-found"]);
    expect(await fails({ system: "urn:none", code: "x" })).toEqual([404, "not-found"]);
    expect(await fails({ system: SYSTEM, version: "2", code: INFARCTION })).toEqual([404, "not-found"]);
    expect(await fails({ system: SYSTEM })).toEqual([400, "invalid"]);
    expect(await fails({ code: INFARCTION })).toEqual([400, "invalid"]);
    expect((await api.send(`/fhir/r3/metadata`)).status).toBe(400);
    expect((await api.send(`/fhir/${release}/Patient`)).status).toBe(404);
    expect((await api.send(`/fhir/${release}/metadata?_format=xml`)).status).toBe(406);
  });

  test("validates codes and their displays", async () => {
    const judge = async (input: Record<string, string>) =>
      valueIn(await operate("CodeSystem", "validate-code", { url: SYSTEM, ...input }), "result");
    expect(await judge({ code: INFARCTION })).toBe(true);
    expect(await judge({ code: INFARCTION, display: "CRISE CARDIAQUE" })).toBe(true);
    expect(await judge({ code: INFARCTION, display: "Asthma" })).toBe(false);
    expect(await judge({ code: "C9999999" })).toBe(false);
    const inSet = async (url: string) =>
      valueIn(
        await operate("ValueSet", "validate-code", { url, code: INFARCTION, system: SYSTEM }),
        "result",
      );
    expect(await inSet(ALL)).toBe(true);
    expect(await inSet(`${SYSTEM}?fhir_vs=isa/${HEART_DISEASE}`)).toBe(true);
    expect(await inSet(`${SYSTEM}?fhir_vs=isa/C0004096`)).toBe(false);
    const coding = { system: SYSTEM, code: INFARCTION };
    for (const parameter of [
      { name: "coding", valueCoding: coding },
      { name: "codeableConcept", valueCodeableConcept: { coding: [coding] } },
    ]) {
      const answer = (await client.operation({
        resourceType: "CodeSystem",
        name: "validate-code",
        method: "POST",
        input: { resourceType: "Parameters", parameter: [parameter] },
      })) as Json;
      expect(valueIn(answer, "result")).toBe(true);
    }
  });

  test("expands by a filter: nonsense finds nothing, several words in any order, synonyms, codes, beginnings", async () => {
    expect(await expand({ filter: "zzqx wvut" })).toMatchObject({ total: 0, offset: 0 });
    const first = async (filter: string) => (await expand({ filter, count: "5" })).contains?.[0]?.code;
    expect(await first("infarction myocardial")).toBe(INFARCTION);
    expect(await first("crise cardiaque")).toBe(INFARCTION);
    expect(await first(INFARCTION)).toBe(INFARCTION);
    const begun = (await expand({ filter: "myocardial inf" })).contains!.map(({ code }) => code);
    expect(begun).toContain(INFARCTION);
  });

  test("expands in the language asked for, with designations", async () => {
    const { contains } = await expand({
      filter: "heart attack",
      displayLanguage: "fr",
      includeDesignations: "true",
      count: "1",
    });
    expect(contains![0]).toMatchObject({
      code: INFARCTION,
      display: "Infarctus du myocarde",
      system: SYSTEM,
    });
    expect(contains![0]!.designation).toContainEqual({ language: "fr", value: "crise cardiaque" });
    expect((await expand({ filter: "heart attack", count: "1" })).contains![0]).not.toHaveProperty(
      "designation",
    );
  });

  test("expands page by page, with nothing twice and nothing left out, filtered and not", async () => {
    for (const input of [{ filter: "heart" }, {}, { url: `${SYSTEM}:TDSAMPLE?fhir_vs` }] as Record<
      string,
      string
    >[]) {
      const whole = await expand({ ...input, count: "60" });
      const pages = [];
      for (let offset = 0; offset < 60; offset += 20)
        pages.push(...((await expand({ ...input, count: "20", offset: String(offset) })).contains ?? []));
      expect(pages).toEqual(whole.contains);
      expect(new Set(pages.map(({ code }) => code)).size).toBe(pages.length);
    }
    const none = await expand({ count: "0" });
    expect(none.total).toBeGreaterThan(500);
    expect(none).not.toHaveProperty("contains");
  });

  test("expands a branch, by its address and by a composed value set", async () => {
    const branch = await expand({ url: `${SYSTEM}?fhir_vs=isa/${HEART_DISEASE}` });
    const codes = branch.contains!.map(({ code }) => code);
    expect(branch.total).toBe(codes.length);
    expect(codes).toContain(INFARCTION);
    expect(codes).toContain(HEART_DISEASE);
    const composed = async (filter: Json[], rest: Parameter[] = []) =>
      (
        (await client.operation({
          resourceType: "ValueSet",
          name: "expand",
          method: "POST",
          input: {
            resourceType: "Parameters",
            parameter: [
              ...rest,
              {
                name: "valueSet",
                resource: { resourceType: "ValueSet", compose: { include: [{ system: SYSTEM, filter }] } },
              },
            ],
          },
        })) as unknown as Expansion
      ).expansion;
    const below = [{ property: "concept", op: "descendent-of", value: HEART_DISEASE }];
    expect((await composed(below)).contains!.map(({ code }) => code)).toEqual(
      codes.filter((code) => code !== HEART_DISEASE),
    );
    const filtered = await composed(below, [{ name: "filter", valueString: "infarctus" }]);
    expect(filtered.contains!.map(({ code }) => code)).toEqual([INFARCTION]);
    await expect(composed([{ property: "colour", op: "=", value: "red" }])).rejects.toMatchObject({
      response: { status: 422 },
    });
  });

  test("may ask for 1,000 codes from the 10,000th on, and no more", async () => {
    const status = async (input: Record<string, string>) =>
      (
        await api.send(
          searchPath({ url: ALL, filter: "heart", ...input }, `/fhir/${release}/ValueSet/$expand`),
        )
      ).status;
    expect([await status({ count: "1000" }), await status({ count: "1001" })]).toEqual([200, 422]);
    expect([await status({ offset: "10000" }), await status({ offset: "10001" })]).toEqual([200, 422]);
    expect([await status({ filter: "x".repeat(1000) }), await status({ filter: "x".repeat(1001) })]).toEqual([
      200, 400,
    ]);
  });

  test("translates by an alignment, there and back, and between sources", async () => {
    const lexicon = "urn:termduet:lexicon:lexique";
    const source = release === "r4" ? "code" : "sourceCode";
    const there = await operate("ConceptMap", "translate", { system: lexicon, [source]: "1" });
    expect(valueIn(there, "result")).toBe(true);
    const match = partsOf(all(there, "match")[0]!);
    expect(match["concept"]).toEqual({ system: SYSTEM, code: INFARCTION, display: "Myocardial infarction" });
    expect(match[release === "r4" ? "equivalence" : "relationship"]).toBe("equivalent");
    const close = partsOf(
      all(await operate("ConceptMap", "translate", { system: lexicon, [source]: "2" }), "match")[0]!,
    );
    expect(close[release === "r4" ? "equivalence" : "relationship"]).toBe(
      release === "r4" ? "inexact" : "related-to",
    );
    const back = await operate("ConceptMap", "translate", {
      system: SYSTEM,
      url: "urn:termduet:alignment:lexique",
      ...(release === "r4" ? { code: INFARCTION, reverse: "true" } : { targetCode: INFARCTION }),
    });
    expect(partsOf(all(back, "match")[0]!)["concept"]).toMatchObject({ system: lexicon, code: "1" });
    const none = await operate("ConceptMap", "translate", { system: lexicon, [source]: "3" });
    expect([valueIn(none, "result"), all(none, "match")]).toEqual([false, []]);
    const across = await operate("ConceptMap", "translate", {
      system: SYSTEM,
      [source]: INFARCTION,
      [release === "r4" ? "targetsystem" : "targetSystem"]: `${SYSTEM}:TDSAMPLE`,
    });
    expect(all(across, "match").length).toBeGreaterThan(0);
  });
});
