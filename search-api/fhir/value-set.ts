import { LIMITS } from "../limits.ts";
import { HttpProblem } from "../problems/http-problem.ts";
import type { FhirConcepts } from "./fhir-concepts.ts";
import { asObject, checkedText, type FhirInput } from "./fhir-input.ts";
import type { FhirSystem } from "./fhir-systems.ts";

/** One part of a value set: codes of a system, all, those listed, or those that a filter lets through. */
export interface ValueSetPart {
  system: FhirSystem;
  codes?: string[];
  /** The code that what is meant stands under. */
  under?: string;
  /** Whether that code itself is left out (`descendent-of`). */
  withoutTop?: boolean;
  /** TUIs. */
  types?: string[];
}

export interface ValueSetDefinition {
  url: string;
  include: ValueSetPart[];
}

const IMPLICIT = /^(.*?)\?fhir_vs(?:=(all|isa\/(.+)))?$/;

/**
 * The value set that a request names: `valueSet`, or `url`: a code system's address with `?fhir_vs` (all codes) or
 * `?fhir_vs=isa/CODE`. Errors: `not-found` for another address, `not-supported` for what no filter here can do.
 */
export async function valueSetOf(
  concepts: FhirConcepts,
  input: FhirInput,
  instance?: FhirSystem,
): Promise<ValueSetDefinition> {
  if (instance) return { url: `${instance.url}?fhir_vs`, include: [{ system: instance }] };
  const resource = input.object("valueSet");
  if (resource) return composed(concepts, resource);
  const url = input.text("url");
  if (url === undefined)
    throw new HttpProblem("usage", "url is missing; give a value set's url or a valueSet");
  const [, base, , code] = IMPLICIT.exec(url) ?? [];
  if (base === undefined)
    throw new HttpProblem("not-found", "this value set is not served here; see ValueSet");
  const system = await concepts.system(base, input.text("valueSetVersion"));
  return { url, include: [{ system, ...(code === undefined ? {} : { under: code }) }] };
}

async function composed(
  concepts: FhirConcepts,
  resource: Record<string, unknown>,
): Promise<ValueSetDefinition> {
  const compose = asObject(resource["compose"]);
  const includes = compose?.["include"];
  if (!Array.isArray(includes) || includes.length === 0)
    throw new HttpProblem("usage", "valueSet needs compose.include");
  if (Array.isArray(compose!["exclude"]) && compose!["exclude"].length > 0)
    throw new HttpProblem("not-supported", "compose.exclude is not supported");
  if (includes.length > LIMITS.fhirIncludes)
    throw new HttpProblem("too-costly", `at most ${LIMITS.fhirIncludes} includes are read`);
  const include: ValueSetPart[] = [];
  for (const one of includes) include.push(await partOf(concepts, asObject(one)));
  if (include.reduce((sum, { codes = [] }) => sum + codes.length, 0) > LIMITS.fhirCodes)
    throw new HttpProblem("too-costly", `at most ${LIMITS.fhirCodes} codes are listed`);
  return { url: typeof resource["url"] === "string" ? checkedText(resource["url"]) : "", include };
}

async function partOf(
  concepts: FhirConcepts,
  include: Record<string, unknown> | undefined,
): Promise<ValueSetPart> {
  const url = include?.["system"];
  if (typeof url !== "string") throw new HttpProblem("not-supported", "each include needs a system");
  if (include!["valueSet"] !== undefined)
    throw new HttpProblem("not-supported", "include.valueSet is not supported");
  const version = include!["version"];
  const part: ValueSetPart = {
    system: await concepts.system(url, typeof version === "string" ? version : undefined),
  };
  const listed = include!["concept"];
  if (Array.isArray(listed))
    part.codes = listed.flatMap((one) => {
      const code = asObject(one)?.["code"];
      return typeof code === "string" ? [checkedText(code)] : [];
    });
  const filters = include!["filter"];
  if (part.codes && Array.isArray(filters) && filters.length > 0)
    throw new HttpProblem("usage", "an include lists concepts or has filters, not both");
  if (Array.isArray(filters)) for (const filter of filters) addFilter(part, asObject(filter));
  return part;
}

function addFilter(part: ValueSetPart, filter: Record<string, unknown> | undefined): void {
  const [property, op, given] = ["property", "op", "value"].map((name) => filter?.[name]);
  if (typeof given !== "string") throw new HttpProblem("usage", "a filter needs property, op and value");
  const value = checkedText(given);
  const isHierarchy = property === "concept" && (op === "is-a" || op === "descendent-of");
  const isType = property === "semanticType" && (op === "=" || op === "in");
  if (isHierarchy && part.under === undefined) {
    part.under = value;
    part.withoutTop = op === "descendent-of";
  } else if (isType && part.types === undefined) {
    part.types = value.split(",").map((tui) => tui.trim());
    if (part.types.length > LIMITS.listEntries)
      throw new HttpProblem("too-costly", `at most ${LIMITS.listEntries} semantic types are read`);
  } else {
    throw new HttpProblem(
      "not-supported",
      "filters are concept is-a, concept descendent-of and semanticType = or in, each once",
    );
  }
}
