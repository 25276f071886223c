import type { Request } from "express";
import { z } from "zod";
import { type Call, orAbort } from "../call.ts";
import type { Endpoint } from "../endpoint.ts";
import { LIMITS } from "../limits.ts";
import { HttpProblem } from "../problems/http-problem.ts";
import { parsed } from "../schemas/parse-request.ts";
import type { SearchService } from "../search-service.ts";
import type { TermStore } from "../terms/term-store.ts";
import { lookup, validateCode, validated } from "./code-system-operations.ts";
import type { AlignmentMap } from "./concept-maps.ts";
import { expand, whyNotIn } from "./expand.ts";
import { FHIR_JSON, FHIR_RELEASES, type FhirRelease, type FhirResource, sendFhir } from "./fhir-answer.ts";
import { FhirConcepts } from "./fhir-concepts.ts";
import { FhirInput } from "./fhir-input.ts";
import {
  capabilityStatement,
  codeSystem,
  conceptMap,
  type Described,
  searchset,
  terminologyCapabilities,
  valueSet,
} from "./fhir-resources.ts";
import type { FhirSystem } from "./fhir-systems.ts";
import { crosswalkUrl, translate } from "./translate.ts";
import { valueSetOf } from "./value-set.ts";

export interface FhirDeps {
  terms: TermStore;
  searches: SearchService;
  maps: readonly AlignmentMap[];
  version: string;
  newId: () => string;
}

interface Asked {
  /** Concepts as the call may ask for them. */
  concepts: FhirConcepts;
  release: FhirRelease;
  input: FhirInput;
  id: string | undefined;
  described: Described;
}

/** FHIR R4 and R5 under `/fhir/r4` and `/fhir/r5`. Operations are asked by GET, or by POST of a `Parameters` resource. */
export function fhirEndpoints({ terms, searches, maps, version, newId }: FhirDeps): Endpoint[] {
  const known = new FhirConcepts(terms);
  const endpoint = (
    method: "get" | "post",
    path: string,
    resourceTypes: string[],
    work: (asked: Asked) => Promise<FhirResource>,
  ): Endpoint => {
    const pathSchema = path.includes("{id}") ? instancePath : releasePath;
    return {
      method,
      path: `/fhir/{fhir}${path}`,
      scope: "search",
      door: "fhir",
      operation: {
        operationId: `fhir_${method}${path.replaceAll(/\W+/g, "_")}`,
        summary: `FHIR: ${path}`,
        tags: ["FHIR"],
        requestParams: { path: pathSchema, ...(method === "get" ? { query: parametersOf(path) } : {}) },
        ...(method === "post"
          ? { requestBody: { required: true, content: { [FHIR_JSON]: { schema: parametersBody(path) } } } }
          : {}),
        responses: {
          200: { description: "A resource", content: { [FHIR_JSON]: { schema: resource(resourceTypes) } } },
        },
      },
      async answer(request: Request, response, call: Call) {
        const place = parsed(pathSchema, request.params) as { fhir: FhirRelease; id?: string };
        if (method === "post" && !request.is(["application/json", FHIR_JSON]))
          throw new HttpProblem("unsupported-media-type", `the body must be ${FHIR_JSON}`);
        const input = FhirInput.of(request);
        if (/xml|turtle|ttl/i.test(input.text("_format") ?? ""))
          throw new HttpProblem("not-acceptable", `answers are ${FHIR_JSON}`);
        const { ingestedAt } = await orAbort(call.signal, terms.release());
        const described = { version, release: place.fhir, date: ingestedAt };
        const concepts = new FhirConcepts(terms.within(call));
        const asked = { concepts, release: place.fhir, input, id: place.id, described };
        sendFhir(
          response,
          await orAbort(
            call.signal,
            searches.admit(call, () => work(asked)),
          ),
        );
      },
    };
  };
  const instance = async (id: string | undefined): Promise<FhirSystem | undefined> => {
    if (id === undefined) return undefined;
    const found = (await known.systems()).find((system) => system.id === id);
    if (!found) throw new HttpProblem("not-found", "there is no resource of this id");
    return found;
  };
  const mapsOf = async () => {
    const { dataset } = await terms.release();
    return [...maps, { id: "crosswalk", url: crosswalkUrl(dataset) }];
  };
  const systemsBy = async (input: FhirInput, suffix: string): Promise<FhirSystem[]> => {
    const url = input.text("url");
    const all = await known.systems();
    return all.filter((system) => url === undefined || `${system.url}${suffix}` === url);
  };
  const clock = { newId, now: () => new Date() };
  const operations: [path: string, types: string[], work: (asked: Asked) => Promise<FhirResource>][] = [
    [
      "CodeSystem/$lookup",
      ["Parameters"],
      async ({ concepts, input, release, id }) => lookup(concepts, input, release, await instance(id)),
    ],
    [
      "CodeSystem/$validate-code",
      ["Parameters"],
      async ({ concepts, input, id }) => validateCode(concepts, input, await instance(id)),
    ],
    [
      "ValueSet/$expand",
      ["ValueSet"],
      async ({ concepts, input, id }) =>
        expand(concepts, await valueSetOf(concepts, input, await instance(id)), input, clock),
    ],
    [
      "ValueSet/$validate-code",
      ["Parameters"],
      async ({ concepts, input, id }) => {
        const set = await valueSetOf(concepts, input, await instance(id));
        const coding = input.coding();
        if (!coding) throw new HttpProblem("usage", "code is missing; give code and system, or coding");
        const system = await concepts.system(coding.system ?? set.include[0]!.system.url, coding.version);
        return validated(concepts, system, coding, input, (found) => whyNotIn(concepts, set, found));
      },
    ],
    [
      "ConceptMap/$translate",
      ["Parameters"],
      async ({ concepts, input, release, id }) => {
        const map = id === undefined ? undefined : (await mapsOf()).find((one) => one.id === id);
        if (id !== undefined && !map) throw new HttpProblem("not-found", "there is no resource of this id");
        return translate(concepts, maps, input, release, map?.url);
      },
    ],
  ];
  const reads: Endpoint[] = [
    endpoint(
      "get",
      "/metadata",
      ["CapabilityStatement", "TerminologyCapabilities"],
      async ({ input, described }) =>
        input.text("mode") === "terminology"
          ? terminologyCapabilities(described, await known.systems())
          : capabilityStatement(described),
    ),
    endpoint("get", "/CodeSystem", ["Bundle"], async ({ input, described }) =>
      searchset((await systemsBy(input, "")).map((system) => codeSystem(system, described))),
    ),
    endpoint("get", "/ValueSet", ["Bundle"], async ({ input, described }) =>
      searchset((await systemsBy(input, "?fhir_vs")).map((system) => valueSet(system, described))),
    ),
    endpoint("get", "/ConceptMap", ["Bundle"], async ({ input, described }) => {
      const url = input.text("url");
      const found = (await mapsOf()).filter((map) => url === undefined || map.url === url);
      return searchset(found.map((map) => conceptMap(map, described)));
    }),
  ];
  // Paths with a name in them come before those with any id in its place.
  const ofType = operations.flatMap(([path, types, work]) =>
    (["get", "post"] as const).map((method) => endpoint(method, `/${path}`, types, work)),
  );
  const ofInstance = operations.flatMap(([path, types, work]) =>
    (["get", "post"] as const).map((method) =>
      endpoint(method, `/${path.replace("/", "/{id}/")}`, types, work),
    ),
  );
  const byId = [
    endpoint("get", "/CodeSystem/{id}", ["CodeSystem"], async ({ id, described }) =>
      codeSystem((await instance(id))!, described),
    ),
    endpoint("get", "/ValueSet/{id}", ["ValueSet"], async ({ id, described }) =>
      valueSet((await instance(id))!, described),
    ),
    endpoint("get", "/ConceptMap/{id}", ["ConceptMap"], async ({ id, described }) => {
      const map = (await mapsOf()).find((one) => one.id === id);
      if (!map) throw new HttpProblem("not-found", "there is no resource of this id");
      return conceptMap(map, described);
    }),
  ];
  return [...reads, ...ofType, ...ofInstance, ...byId];
}

const release = z.enum(FHIR_RELEASES, "must be r4 or r5");
const releasePath = z.strictObject({ fhir: release });
const instancePath = z.strictObject({
  fhir: release,
  id: z.string().regex(/^[A-Za-z0-9.-]{1,64}$/, "is no id"),
});

const text = z.string().max(LIMITS.queryCharacters).optional();
const needed = z.string().min(1).max(LIMITS.queryCharacters);
const whole = (maximum: number) =>
  z
    .string()
    .optional()
    .meta({ override: { type: "integer", minimum: 0, maximum } });
const flag = z
  .string()
  .optional()
  .meta({ override: { type: "boolean" } });

/** Parameters of a GET, for the document; they are read by `FhirInput`, as those of a POST are. */
function parametersOf(path: string): z.ZodObject {
  const operation = path.split("$")[1];
  // Of one resource its own address says which system or value set is meant.
  const named = path.includes("{id}") ? text : needed;
  const rest = { version: text, display: text, displayLanguage: text };
  if (operation === "lookup") return z.object({ code: needed, system: named, property: text, ...rest });
  if (operation === "validate-code") return z.object({ code: needed, url: named, ...rest });
  if (operation === "translate")
    return z.object({
      code: needed,
      system: text,
      url: text,
      targetsystem: text,
      targetSystem: text,
      reverse: flag,
    });
  if (operation === "expand") {
    return z.object({
      url: named,
      filter: text,
      count: whole(LIMITS.fhirCount),
      offset: whole(LIMITS.fhirOffset),
      displayLanguage: text,
      includeDesignations: flag,
      activeOnly: flag,
    });
  }
  return z.object(path === "/metadata" ? { mode: text } : { url: text });
}

/** What a POST must hold at least, where a code, a system or a value set is named by texts; FHIR has other ways as well. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  "/CodeSystem/$lookup": ["code", "system"],
  "/CodeSystem/$validate-code": ["code", "url"],
  "/ValueSet/$expand": ["url"],
  "/ValueSet/$validate-code": ["code", "url"],
  "/ConceptMap/$translate": ["code"],
};

/** The body of a POST, for the document. */
function parametersBody(path: string): z.ZodObject {
  const valueString = { type: "string" as const, minLength: 1, maxLength: LIMITS.queryCharacters };
  const allOf = (NEEDED[path] ?? []).map((name) => ({
    contains: {
      type: "object" as const,
      required: ["name", "valueString"],
      properties: { name: { const: name }, valueString },
    },
    maxContains: 1,
  }));
  const list = z.array(z.looseObject({ name: z.string(), valueString: text }));
  const parameter = allOf.length > 0 ? list.meta({ override: { allOf, maxItems: 10 } }) : list.optional();
  return z.looseObject({ resourceType: z.literal("Parameters"), parameter });
}

function resource(types: string[]) {
  return z.looseObject({ resourceType: z.enum(types) });
}
