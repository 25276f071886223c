import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from "zod-openapi";
import type { Endpoint } from "./endpoint.ts";
import { problemSchema } from "./schemas/problem-schema.ts";

const PROBLEM = {
  description: "RFC 9457 problem",
  content: { "application/problem+json": { schema: problemSchema } },
};

/** The OpenAPI 3.1 document of the endpoints, from the very schemas that read requests and describe answers. */
export function openApiDocument(endpoints: readonly Endpoint[], version: string): object {
  const paths: ZodOpenApiPathsObject = {};
  for (const { path, method, operation } of endpoints)
    paths[path] = { ...paths[path], [method]: withProblems(operation) };
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
    tags: ["Search", "Concepts", "Releases", "Review", "Operations"].map((name) => ({ name })),
    paths,
  });
}

/** Any operation may be refused; the document says with which statuses. */
function withProblems(operation: ZodOpenApiOperationObject): ZodOpenApiOperationObject {
  const body = operation.requestBody ? ["413", "415"] : [];
  const statuses = ["400", "403", "404", "408", ...body, "429", "431", "500", "503", "504"] as const;
  const problems = Object.fromEntries(statuses.map((status) => [status, PROBLEM]));
  return { ...operation, responses: { ...operation.responses, ...problems } };
}
