import type { Request } from "express";
import type { z } from "zod";
import { type Call, orAbort } from "../call.ts";
import { type Endpoint, jsonAnswer, sendJson } from "../endpoint.ts";
import { parsed, queryValues } from "../schemas/parse-request.ts";
import { UtsAddresses } from "./uts-answer.ts";

export interface UtsRoute<Path extends z.ZodObject, Query extends z.ZodObject> {
  path: string;
  id: string;
  summary: string;
  pathSchema: Path;
  querySchema: Query;
  page: z.ZodType;
  work: (input: z.output<Path> & z.output<Query>, at: UtsAddresses, call: Call) => Promise<object>;
}

/** A route of the UTS door. Parameters that UTS has and this server does not are let pass. */
export function utsEndpoint<Path extends z.ZodObject, Query extends z.ZodObject>(
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
      sendJson(response, await orAbort(call.signal, route.work(input, at, call)));
    },
  };
}
