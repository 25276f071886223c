import { z } from "zod";
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from "zod-openapi";
import type { Endpoint } from "./endpoint.ts";
import { FHIR_JSON } from "./fhir/fhir-answer.ts";
import { problemSchema } from "./schemas/problem-schema.ts";

const PROBLEM = {
  description: "RFC 9457 problem",
  content: { "application/problem+json": { schema: problemSchema } },
};

const OUTCOME = {
  description: "What is wrong, as FHIR says it",
  content: {
    [FHIR_JSON]: {
      schema: z
        .looseObject({
          resourceType: z.literal("OperationOutcome"),
          issue: z.array(
            z.object({ severity: z.literal("error"), code: z.string(), diagnostics: z.string() }),
          ),
        })
        .meta({ id: "OperationOutcome" }),
    },
  },
};

/** The OpenAPI 3.1 document of the endpoints, from the very schemas that read requests and describe answers. */
export function openApiDocument(endpoints: readonly Endpoint[], version: string): object {
  const paths: ZodOpenApiPathsObject = {};
  for (const endpoint of endpoints)
    paths[endpoint.path] = { ...paths[endpoint.path], [endpoint.method]: withProblems(endpoint) };
  return createDocument({
    openapi: "3.1.0",
    info: {
      title: "Termduet",
      version,
      description:
        "Terminology search with two encoders. Limits are in the schemas; beyond them answers are problems (RFC 9457). Every answer carries X-Request-Id.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    tags: ["Search", "Concepts", "Releases", "UTS", "FHIR", "Review", "Operations"].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer" },
        header: { type: "apiKey", in: "header", name: "X-API-Key" },
      },
    },
  });
}

/** Any operation may be refused; the document says with which statuses, and which need a key where keys are asked for. */
function withProblems({ path, operation, door, scope }: Endpoint): ZodOpenApiOperationObject {
  const body = operation.requestBody ? ["413", "415"] : [];
  const acceptable = door === "fhir" ? ["406"] : [];
  const costly = door === "fhir" || path.startsWith("/rest/") ? ["422"] : [];
  const statuses = [
    "400",
    "401",
    "403",
    "404",
    "408",
    ...acceptable,
    ...body,
    ...costly,
    "429",
    "431",
    "500",
    "503",
    "504",
  ] as const;
  const problem = door === "fhir" ? OUTCOME : PROBLEM;
  // What Node's own parser refuses has not come to any door.
  const ofParser = new Set<string>(["408", "431"]);
  const problems = Object.fromEntries(
    statuses.map((status) => [status, ofParser.has(status) ? PROBLEM : problem]),
  );
  const security = scope !== "anyone" ? { security: [{}, { bearer: [] }, { header: [] }] } : {};
  return { ...operation, ...security, responses: { ...operation.responses, ...problems } };
}
