import { orAbort } from "../call.ts";
import { type Endpoint, jsonAnswer, sendJson } from "../endpoint.ts";
import { parsed, queryValues } from "../schemas/parse-request.ts";
import { searchQuerySchema, searchResponseSchema } from "../schemas/search-schema.ts";
import type { SearchService } from "../search-service.ts";

/** `GET /api/v1/search`: one query. */
export function searchGetEndpoint(searches: SearchService): Endpoint {
  return {
    method: "get",
    path: "/api/v1/search",
    scope: "search",
    operation: {
      operationId: "search",
      summary: "Search the active release by meaning, name, code or CUI",
      tags: ["Search"],
      requestParams: { query: searchQuerySchema },
      responses: jsonAnswer("Concepts, best first; the same query gives the same page", searchResponseSchema),
    },
    async answer(request, response, call) {
      const { q, context, sab, lat, tty, sty, group, cui, under, ...rest } = parsed(
        searchQuerySchema,
        queryValues(request.url),
      );
      const filter = { sab, lat, tty, sty, group, cui, under };
      const search = searches.search({ ...rest, queries: [q], contexts: [context], filter }, call);
      const [answer] = await orAbort(call.signal, search);
      sendJson(response, answer);
    },
  };
}
