import type { Request, Response } from "express";
import type { ZodOpenApiOperationObject } from "zod-openapi";
import type { Call } from "./call.ts";
import type { Scope } from "./guards/api-keys.ts";

/** One route: what it is called, what its document says, and how it answers. The document is made from these. */
export interface Endpoint {
  method: "get" | "post";
  /** OpenAPI template, e.g. `/api/v1/concepts/{cui}`. */
  path: string;
  /** What a key must be good for, where the server asks for keys. */
  scope: Scope | "anyone";
  /** Whose form errors take; absent: RFC 9457 problems. */
  door?: "fhir";
  operation: ZodOpenApiOperationObject;
  answer: (request: Request, response: Response, call: Call) => Promise<void> | void;
}

/** Answers with JSON that nobody may keep: the address of a search says what somebody looked for. */
export function sendJson(response: Response, body: unknown): void {
  response.set("Cache-Control", "no-store").json(body);
}

/** The successful answer of an operation, for its document. */
export function jsonAnswer(description: string, schema: object): ZodOpenApiOperationObject["responses"] {
  return { 200: { description, content: { "application/json": { schema } } } };
}
