import type { Request } from "express";
import type { z } from "zod";
import { type Call, orAbort } from "../call.ts";
import { type Endpoint, jsonAnswer, sendJson } from "../endpoint.ts";
import { parsed, queryValues } from "../schemas/parse-request.ts";
import type { SearchService } from "../search-service.ts";
import type { TermStore } from "../terms/term-store.ts";
import { UtsAddresses } from "./uts-answer.ts";

export interface UtsRoute<Path extends z.ZodObject, Query extends z.ZodObject> {
  path: string;
  id: string;
  summary: string;
  pathSchema: Path;
  querySchema: Query;
  page: z.ZodType;
  /** Whether `work` hands itself in at the search service; absent: it is let in before it begins. */
  handsIn?: true;
  work: (input: z.output<Path> & z.output<Query>, context: UtsContext) => Promise<object>;
}

/** What a route works with: addresses for its answer, terms as its call may ask for them. */
interface UtsContext {
  at: UtsAddresses;
  terms: TermStore;
  call: Call;
}

export interface UtsDeps {
  terms: TermStore;
  searches: SearchService;
}

/** A route of the UTS door. Parameters that UTS has and this server does not are let pass. */
export function utsEndpoint<Path extends z.ZodObject, Query extends z.ZodObject>(
  { terms, searches }: UtsDeps,
  route: UtsRoute<Path, Query>,
): Endpoint {
  const { path, id, summary, pathSchema, querySchema, page } = route;
  return {
    method: "get",
    path,
    scope: "search",
    operation: {
      operationId: id,
      summary,
      tags: ["UTS"],
      requestParams: { path: pathSchema, query: querySchema },
      responses: jsonAnswer("As UTS answers", page),
    },
    async answer(request: Request, response, call) {
      const place = parsed(pathSchema, request.params);
      const input = { ...place, ...parsed(querySchema, queryValues(request.url)) };
      const at = new UtsAddresses(request, String(place["version"] ?? "current"));
      const work = () => route.work(input, { at, terms: terms.within(call), call });
      sendJson(response, await orAbort(call.signal, route.handsIn ? work() : searches.admit(call, work)));
    },
  };
}
