import { orAbort } from "../call.ts";
import { type Endpoint, jsonAnswer, sendJson } from "../endpoint.ts";
import type { LoadLimits } from "../limits.ts";
import { HttpProblem } from "../problems/http-problem.ts";
import { parsed } from "../schemas/parse-request.ts";
import { searchBodySchema, searchResponsesSchema } from "../schemas/search-schema.ts";
import type { SearchService } from "../search-service.ts";

/** `POST /api/v1/search`: many queries, or one that shall not stand in an address. */
export function searchPostEndpoint(searches: SearchService, load: LoadLimits): Endpoint {
  return {
    method: "post",
    path: "/api/v1/search",
    scope: "search",
    operation: {
      operationId: "searchBatch",
      summary: "Search for many queries at once",
      description: "Also for one query that shall not stand in an address, and so in no log of a proxy.",
      tags: ["Search"],
      requestBody: { required: true, content: { "application/json": { schema: searchBodySchema } } },
      responses: jsonAnswer("One answer per query, in their order", searchResponsesSchema),
    },
    async answer(request, response, call) {
      if (!request.is("application/json"))
        throw new HttpProblem("unsupported-media-type", "the body must be application/json");
      const { context, ...body } = parsed(searchBodySchema, request.body);
      const contexts = typeof context === "string" ? body.queries.map(() => context) : context;
      if (body.queries.length > 1) call.setDeadline(load.batchDeadlineMs);
      const responses = await orAbort(call.signal, searches.search({ ...body, contexts }, call));
      sendJson(response, { responses });
    },
  };
}
