import { z } from "zod";

type Json = Record<string, unknown>;

/** Judges answers by the OpenAPI document that the server itself gives out. */
export class OpenApiOracle {
  readonly document: Json;
  readonly #schemas = new Map<string, z.ZodType>();

  constructor(document: Json) {
    this.document = document;
  }

  /** Every operation as `get /path`. */
  get operations(): string[] {
    return Object.entries(this.document["paths"] as Json).flatMap(([path, item]) =>
      Object.keys(item as Json).map((method) => `${method} ${path}`),
    );
  }

  /** Throws when the document does not foresee such an answer. Paths and methods it does not know must be problems. */
  check(method: string, url: string, status: number, contentType: string, body: string): void {
    const path = new URL(url).pathname;
    const operation = this.#operation(method, path);
    if (path === "/mcp" && "jsonrpc" in JSON.parse(body)) return; // JSON-RPC, which its own client checks
    if (!operation) {
      if (contentType.startsWith("text/html")) return; // the page
      if (status < 400)
        throw new Error(`${method} ${path} is answered with ${status} and not in the document`);
      this.#conforms(path.startsWith("/fhir/") ? outcomePlace : problemPlace, JSON.parse(body));
      return;
    }
    const responses = operation.responses as Record<string, { content?: Record<string, { schema: Json }> }>;
    const response = responses[status];
    if (!response) throw new Error(`${method} ${path}: the document does not foresee status ${status}`);
    const type = contentType.split(";")[0]!;
    const media = response.content?.[type];
    if (!media) throw new Error(`${method} ${path}: the document does not foresee ${type} with ${status}`);
    if (type === "application/x-ndjson")
      for (const line of body.split("\n").filter(Boolean)) this.#conforms(media.schema, JSON.parse(line));
    else this.#conforms(media.schema, type.endsWith("json") ? JSON.parse(body) : body);
  }

  #operation(method: string, path: string): { responses: unknown } | undefined {
    for (const [template, item] of Object.entries(this.document["paths"] as Json)) {
      const pattern = new RegExp(`^${template.replaceAll("$", "\\$").replaceAll(/\{\w+\}/g, "[^/]+")}$`);
      if (pattern.test(path)) return (item as Record<string, { responses: unknown }>)[method.toLowerCase()];
    }
    return undefined;
  }

  #conforms(schema: Json, value: unknown): void {
    const key = JSON.stringify(schema);
    const checker = this.#schemas.get(key) ?? this.#compile(schema);
    this.#schemas.set(key, checker);
    checker.parse(value);
  }

  #compile(schema: Json): z.ZodType {
    const definitions = (this.document["components"] as Json)["schemas"];
    const whole = JSON.stringify({ ...schema, $defs: definitions });
    return z.fromJSONSchema(JSON.parse(whole.replaceAll("#/components/schemas/", "#/$defs/")));
  }
}

const outcomePlace = { $ref: "#/components/schemas/OperationOutcome" };
const problemPlace = { $ref: "#/components/schemas/Problem" };
