import type { Response } from "express";
import type { ProblemCode } from "../problems/http-problem.ts";

export const FHIR_RELEASES = ["r4", "r5"] as const;
export type FhirRelease = (typeof FHIR_RELEASES)[number];

/** `fhirVersion` of each release. */
export const FHIR_VERSIONS: Record<FhirRelease, string> = { r4: "4.0.1", r5: "5.0.0" };

export interface FhirResource {
  resourceType: string;
  [field: string]: unknown;
}

/** One entry of a `Parameters` resource: `value[x]`, or parts. */
export interface FhirParameter {
  name: string;
  part?: FhirParameter[];
  [value: string]: unknown;
}

export function parameters(list: readonly (FhirParameter | undefined)[]): FhirResource {
  return { resourceType: "Parameters", parameter: list.filter((one) => one !== undefined) };
}

export const FHIR_JSON = "application/fhir+json";

export function sendFhir(response: Response, resource: FhirResource): void {
  response.set("Cache-Control", "no-store").type(FHIR_JSON).send(JSON.stringify(resource));
}

/** IssueType of FHIR for each kind of problem. */
const ISSUES: Partial<Record<ProblemCode, string>> = {
  usage: "invalid",
  "not-found": "not-found",
  "unknown-code": "not-found",
  conflict: "conflict",
  "no-key": "login",
  "not-allowed": "forbidden",
  "method-not-allowed": "not-supported",
  "not-supported": "not-supported",
  "not-acceptable": "not-supported",
  "unsupported-media-type": "not-supported",
  "too-large": "too-long",
  "header-too-large": "too-long",
  "too-costly": "too-costly",
  "too-many-requests": "throttled",
  overloaded: "throttled",
  timeout: "timeout",
  deadline: "timeout",
  unavailable: "transient",
  "no-space": "no-store",
};

/** A problem as FHIR says it. */
export function operationOutcome(code: ProblemCode, detail: string): FhirResource {
  const issue = { severity: "error", code: ISSUES[code] ?? "exception", diagnostics: detail };
  return { resourceType: "OperationOutcome", issue: [issue] };
}
