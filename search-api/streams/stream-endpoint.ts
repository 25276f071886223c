import { once } from "node:events";
import type { Response } from "express";
import { z } from "zod";
import { checkedQueries } from "../../src/retrieval/request/check-request.ts";
import { TermduetError } from "../../src/terminology/termduet-error.ts";
import { type Call, orAbort } from "../call.ts";
import type { Endpoint } from "../endpoint.ts";
import { Places } from "../guards/places.ts";
import { LIMITS, type LoadLimits } from "../limits.ts";
import { HttpProblem } from "../problems/http-problem.ts";
import { parsed, queryValues } from "../schemas/parse-request.ts";
import { searchQuerySchema, searchResponseSchema } from "../schemas/search-schema.ts";
import type { SearchService, ServiceRequest } from "../search-service.ts";
import {
  CSV,
  csvLines,
  NDJSON,
  ndjsonLines,
  type StreamFormat,
  type StreamLine,
  withoutPauses,
} from "./stream-input.ts";
import { answerText, headOf, type LineAnswer } from "./stream-output.ts";

const PART = 16;

const parametersSchema = searchQuerySchema.omit({ q: true, context: true, offset: true, facets: true });

const lineSchema = z
  .union([
    searchResponseSchema.safeExtend({ id: z.union([z.string(), z.number()]).optional() }),
    z.object({ id: z.union([z.string(), z.number()]).optional(), error: z.string() }),
  ])
  .meta({ id: "StreamedLine", description: "One line of the answer" });

/**
 * `POST /api/v1/search/stream`: as many queries as somebody has, one a line, answered while they arrive. What can't be
 * searched is answered with an error in its place; memory does not grow with the batch.
 */
export function streamEndpoint(searches: SearchService, load: LoadLimits): Endpoint {
  const places = new Places("streams", load.streams, load.streamsPerCaller);
  return {
    method: "post",
    path: "/api/v1/search/stream",
    scope: "search",
    operation: {
      operationId: "searchStream",
      summary: "Search for many queries as a stream of NDJSON or CSV",
      description: `Lines of NDJSON (a text, or {"id":…,"query":…,"context":…}) or CSV with a column query (and id, context); at most ${LIMITS.streamQueries}. The answer has the form that Accept asks for, else that of the body.`,
      tags: ["Search"],
      requestParams: { query: parametersSchema },
      requestBody: {
        required: true,
        content: {
          [NDJSON]: { schema: z.string().meta({ example: '"crise cardiaque"\n' }) },
          [CSV]: {
            schema: z.string().meta({
              pattern: "^$|^(id,)?query(\\r?\\n|$)",
              example: "id,query\n1,crise cardiaque\n",
            }),
          },
        },
      },
      responses: {
        200: {
          description: "One line, or in CSV one row per result, for each query, in their order",
          content: { [NDJSON]: { schema: lineSchema }, [CSV]: { schema: z.string() } },
        },
      },
    },
    async answer(request, response, call) {
      const input = formatOf(request.get("Content-Type"));
      if (!input || (request.get("Content-Encoding") ?? "identity") !== "identity")
        throw new HttpProblem(
          "unsupported-media-type",
          `the body must be ${NDJSON} or ${CSV}, not compressed`,
        );
      const output = formatOf(request.get("Accept")) ?? input;
      const { sab, lat, tty, sty, group, cui, under, ...rest } = parsed(
        parametersSchema,
        queryValues(request.url),
      );
      const shared = { ...rest, filter: { sab, lat, tty, sty, group, cui, under } };
      using _ = places.take(call.caller);
      call.setDeadline(load.streamDeadlineMs);
      const lines = input === CSV ? csvLines(request) : ndjsonLines(request);
      const { idleMs } = load;
      await answerLines(withoutPauses(lines, idleMs), { searches, shared, output, response, call, idleMs });
    },
  };
}

interface StreamContext {
  searches: SearchService;
  shared: Omit<ServiceRequest, "queries">;
  output: StreamFormat;
  response: Response;
  call: Call;
  /** Longest wait for the client to take what it was sent. */
  idleMs: number;
}

async function answerLines(lines: AsyncIterable<StreamLine>, context: StreamContext): Promise<void> {
  const { output, response, call, idleMs } = context;
  let count = 0;
  let part: StreamLine[] = [];
  let begun = false;
  const write = async (text: string): Promise<void> => {
    call.signal.throwIfAborted();
    if (!begun) response.status(200).set("Cache-Control", "no-store").set("Content-Type", output);
    begun = true;
    if (text !== "" && !response.write(text)) await taken(response, call, idleMs);
  };
  const flush = async (): Promise<void> => {
    const answers = await answersOf(part, context);
    const head = begun ? "" : headOf(output);
    await write(head + part.map((line, i) => answerText(output, line, answers[i]!)).join(""));
    part = [];
  };
  try {
    for await (const line of lines) {
      if (++count > LIMITS.streamQueries)
        throw new HttpProblem("too-large", `at most ${LIMITS.streamQueries} queries are answered`);
      part.push(line);
      if (part.length === PART) await flush();
    }
    await flush();
    response.end();
  } catch (error) {
    // Once answers have gone out the status can't change; the connection is cut, so that nobody takes a part for the whole.
    if (begun) response.destroy();
    throw call.signal.aborted ? call.signal.reason : error;
  }
}

/** Waits until the client has taken what it was sent. Errors: `timeout`, the call's reason. */
async function taken(response: Response, call: Call, idleMs: number): Promise<void> {
  const patience = AbortSignal.timeout(idleMs);
  try {
    await once(response, "drain", { signal: AbortSignal.any([call.signal, patience]) });
  } catch (error) {
    throw patience.aborted ? new HttpProblem("timeout", "the answer is not read") : error;
  }
}

/** Answers in the lines' order. What can't be searched is told in its place; the others are searched together. */
async function answersOf(part: readonly StreamLine[], context: StreamContext): Promise<LineAnswer[]> {
  const faults = part.map(faultOf);
  const queries = part.flatMap(({ query }, i) => (faults[i] === undefined ? [query!.toWellFormed()] : []));
  const contexts = part.flatMap((line, i) => (faults[i] === undefined ? [line.context?.toWellFormed()] : []));
  const { searches, shared, call } = context;
  // The stream has its place; when all searches' places are taken it waits longer than a person would.
  const responses =
    queries.length === 0
      ? []
      : await orAbort(
          call.signal,
          searches.search({ ...shared, queries, contexts }, call, { patient: true }),
        );
  return faults.map((fault) => (fault === undefined ? { response: responses.shift()! } : { fault }));
}

function faultOf({ query, context }: StreamLine): string | undefined {
  if (query === undefined) return "the line holds no query";
  try {
    checkedQueries({ queries: [query], contexts: [context], k: 1 });
    return undefined;
  } catch (error) {
    if (error instanceof TermduetError) return error.message;
    throw error;
  }
}

function formatOf(header: string | undefined): StreamFormat | undefined {
  const types = (header ?? "").split(",").map((type) => type.split(";")[0]!.trim().toLowerCase());
  if (types.includes(CSV)) return CSV;
  return types.some((type) => [NDJSON, "application/ndjson", "application/jsonl"].includes(type))
    ? NDJSON
    : undefined;
}
