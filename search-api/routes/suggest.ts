import { orAbort } from "../call.ts";
import { type Endpoint, jsonAnswer, sendJson } from "../endpoint.ts";
import { parsed, queryValues } from "../schemas/parse-request.ts";
import { suggestQuerySchema, suggestResponseSchema } from "../schemas/suggest-schema.ts";
import type { SearchService } from "../search-service.ts";
import type { Suggester } from "../suggest/suggester.ts";

/** `GET /api/v1/suggest`: completions while typing. */
export function suggestEndpoint(suggester: Suggester, searches: SearchService): Endpoint {
  return {
    method: "get",
    path: "/api/v1/suggest",
    scope: "search",
    operation: {
      operationId: "suggest",
      summary: "Complete what is being typed",
      tags: ["Search"],
      requestParams: { query: suggestQuerySchema },
      responses: jsonAnswer(
        "One suggestion per concept; what is typed to its end comes first",
        suggestResponseSchema,
      ),
    },
    async answer(request, response, call) {
      const { q, k, dataset, ...filter } = parsed(suggestQuerySchema, queryValues(request.url));
      const { sab = [], lat = [], sty = [], group = [] } = filter;
      const wanted = { q, k, dataset, filter: { sab, lat, sty, group } };
      const work = searches.admit(call, () => suggester.suggest(wanted));
      sendJson(response, await orAbort(call.signal, work));
    },
  };
}
