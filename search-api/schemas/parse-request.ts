import type { z } from "zod";
import { HttpProblem } from "../problems/http-problem.ts";

/** A query string as names and texts. An empty value counts as left out, but for `q`. Errors: `usage` for one given twice. */
export function queryValues(url: string): Record<string, string> {
  const start = url.indexOf("?");
  const values: Record<string, string> = Object.create(null);
  if (start < 0) return values;
  for (const [name, value] of new URLSearchParams(url.slice(start + 1))) {
    if (value === "" && name !== "q") continue;
    if (name in values) throw new HttpProblem("usage", "a parameter is given twice; lists take commas");
    values[name] = value;
  }
  return values;
}

/**
 * What the schema makes of the input. Errors: `usage` naming each parameter that is wrong and why. The messages are made
 * from the schema alone and repeat nothing of the input, not even the name of an unknown parameter.
 */
export function parsed<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const faults = new Set(result.error.issues.map((issue) => faultOf(issue, input, knownKeys(schema))));
  throw new HttpProblem("usage", [...faults].slice(0, 5).join("; "));
}

function faultOf(issue: z.core.$ZodIssue, input: unknown, known: string): string {
  const path = issue.path.map((step) => (typeof step === "number" ? `[${step}]` : `.${String(step)}`));
  const name = path.join("").replace(/^\./, "");
  if (issue.code === "unrecognized_keys") {
    const where = name === "" ? "" : ` in ${name}`;
    return `there is a parameter${where} that is not known${where === "" ? `; known are ${known}` : ""}`;
  }
  if (issue.code === "invalid_type" && name !== "" && valueAt(input, issue.path) === undefined)
    return `${name} is missing`;
  const subject = name === "" ? "the body" : name;
  return /^(is|must) /.test(issue.message) ? `${subject} ${issue.message}` : `${subject}: ${issue.message}`;
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, step) => (value as Record<PropertyKey, unknown>)[step], input);
}

function knownKeys(schema: z.ZodType): string {
  return "shape" in schema ? Object.keys(schema.shape as object).join(", ") : "";
}
