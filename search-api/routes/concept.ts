import { orAbort } from "../call.ts";
import type { ConceptLookup } from "../concepts/concept-lookup.ts";
import { type Endpoint, jsonAnswer, sendJson } from "../endpoint.ts";
import { conceptPathSchema, conceptQuerySchema, conceptSchema } from "../schemas/concept-schema.ts";
import { parsed, queryValues } from "../schemas/parse-request.ts";
import type { SearchService } from "../search-service.ts";

/** `GET /api/v1/concepts/{cui}`: all that the release says of a concept. */
export function conceptEndpoint(concepts: ConceptLookup, searches: SearchService): Endpoint {
  return {
    method: "get",
    path: "/api/v1/concepts/{cui}",
    scope: "search",
    operation: {
      operationId: "concept",
      summary: "A concept: names, definitions, types, hierarchy, relations",
      tags: ["Concepts"],
      requestParams: { path: conceptPathSchema, query: conceptQuerySchema },
      responses: jsonAnswer("The concept", conceptSchema),
    },
    async answer(request, response, call) {
      const { cui } = parsed(conceptPathSchema, request.params);
      const query = parsed(conceptQuerySchema, queryValues(request.url));
      const work = searches.admit(call, () => concepts.concept({ cui, ...query }, call));
      sendJson(response, await orAbort(call.signal, work));
    },
  };
}
