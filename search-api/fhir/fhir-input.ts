import type { Request } from "express";
import { LIMITS } from "../limits.ts";
import { HttpProblem } from "../problems/http-problem.ts";

/** A code with the system that it belongs to. */
export interface FhirCoding {
  system?: string;
  code: string;
  version?: string;
  display?: string;
}

type Json = Record<string, unknown>;

/** Parameters of an operation, from an address or from a `Parameters` resource. Those that are not known are let pass. */
export class FhirInput {
  readonly #texts = new Map<string, string[]>();
  readonly #objects = new Map<string, Json[]>();
  #count = 0;

  /** Errors: `usage` for a body that is no `Parameters`, for texts that are too long, and for too many of them. */
  static of(request: Request): FhirInput {
    const input = new FhirInput();
    const start = request.url.indexOf("?");
    const query = new URLSearchParams(start < 0 ? "" : request.url.slice(start));
    for (const [name, value] of query) if (value !== "") input.#add(name, value);
    if (request.method === "POST") input.#read(request.body);
    return input;
  }

  text(name: string): string | undefined {
    const values = this.#texts.get(name) ?? [];
    if (values.length > 1) throw new HttpProblem("usage", `${name} may be given once`);
    return values[0];
  }

  texts(name: string): string[] {
    return this.#texts.get(name) ?? [];
  }

  flag(name: string): boolean | undefined {
    const value = this.text(name);
    if (value === undefined || value === "true" || value === "false") return value && value === "true";
    throw new HttpProblem("usage", `${name} must be true or false`);
  }

  whole(name: string): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (/^\d{1,9}$/.test(value)) return Number(value);
    throw new HttpProblem("usage", `${name} must be a whole number from 0 on`);
  }

  object(name: string): Json | undefined {
    return this.#objects.get(name)?.[0];
  }

  /** The code that is meant: `coding`, the first of `codeableConcept`, or `code` with its system. */
  coding(
    names: { coding: string; concept: string; code: string; system: string } = {
      coding: "coding",
      concept: "codeableConcept",
      code: "code",
      system: "system",
    },
  ): FhirCoding | undefined {
    const concept = this.object(names.concept)?.["coding"];
    const object = this.object(names.coding) ?? (Array.isArray(concept) ? asObject(concept[0]) : undefined);
    const given = object
      ? {
          code: object["code"],
          system: object["system"],
          version: object["version"],
          display: object["display"],
        }
      : { code: this.text(names.code), system: this.text(names.system), display: this.text("display") };
    const { code, ...rest } = given;
    if (typeof code !== "string" || code === "") return undefined;
    const texts = Object.entries(rest).flatMap(([name, value]) =>
      typeof value === "string" && value !== "" ? [[name, checkedText(value)]] : [],
    );
    return { code: checkedText(code), ...Object.fromEntries(texts) };
  }

  #read(body: unknown): void {
    const resource = asObject(body);
    if (!resource) throw new HttpProblem("usage", "the body must be a Parameters resource");
    if (resource["resourceType"] === "ValueSet") {
      this.#addObject("valueSet", resource);
      return;
    }
    if (resource["resourceType"] !== "Parameters")
      throw new HttpProblem("usage", "the body must be a Parameters resource");
    const parameters = resource["parameter"] ?? [];
    if (!Array.isArray(parameters)) throw new HttpProblem("usage", "parameter must be a list");
    for (const entry of parameters) {
      const parameter = asObject(entry);
      const name = parameter?.["name"];
      if (!parameter || typeof name !== "string")
        throw new HttpProblem("usage", "each parameter needs a name");
      const key = Object.keys(parameter).find((one) => one.startsWith("value"));
      const value = key === undefined ? parameter["resource"] : parameter[key];
      const object = asObject(value);
      if (object) this.#addObject(name, object);
      else if (["string", "number", "boolean"].includes(typeof value)) this.#add(name, String(value));
    }
  }

  #add(name: string, value: string): void {
    this.#counted();
    this.#texts.set(name, [...(this.#texts.get(name) ?? []), checkedText(value)]);
  }

  #addObject(name: string, value: Json): void {
    this.#counted();
    this.#objects.set(name, [...(this.#objects.get(name) ?? []), value]);
  }

  #counted(): void {
    if (++this.#count > LIMITS.fhirParameters)
      throw new HttpProblem("usage", `at most ${LIMITS.fhirParameters} parameters are read`);
  }
}

/** A text of a request as it is looked for. Errors: `usage` for one that is too long. */
export function checkedText(text: string): string {
  if (text.length <= LIMITS.queryCharacters) return text.toWellFormed();
  throw new HttpProblem(
    "usage",
    `a parameter is too long; at most ${LIMITS.queryCharacters} characters are read`,
  );
}

/** An object of JSON; undefined for anything else. */
export function asObject(value: unknown): Json | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}
