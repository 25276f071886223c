import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { RequestHandler } from "express";
import { alignLexicon } from "../../src/alignment/align-lexicon.ts";
import { DEFAULT_MATCHER } from "../../src/alignment/matching/default-matcher.ts";
import type { VectorStore } from "../../src/vector-store/vector-store.ts";
import { callOf } from "../call.ts";
import type { ConceptLookup } from "../concepts/concept-lookup.ts";
import { HttpProblem } from "../problems/http-problem.ts";
import type { SearchBackend } from "../search-backend.ts";
import type { SearchCall, SearchService } from "../search-service.ts";
import { type McpToolDeps, mcpServer } from "./mcp-tools.ts";

export interface McpDeps {
  searches: SearchService;
  concepts: ConceptLookup;
  store: VectorStore;
  searcher: SearchBackend;
  dataset: string | undefined;
  version: string;
}

// An index of all strings by their letters takes seconds; so many tell how common a trigram is.
const SAMPLED_STRINGS = 10_000;

/**
 * `POST /mcp`: the Model Context Protocol over streamable HTTP, without sessions: each request is answered by a server of
 * its own, so that any of several machines can answer the next one.
 */
export function mcpRoute(deps: McpDeps): RequestHandler {
  return async function answerMcp(request, response) {
    if (request.method !== "POST")
      throw new HttpProblem("method-not-allowed", "this path has POST", { Allow: "POST" });
    const call = callOf(response);
    const transport = new StreamableHTTPServerTransport({
      enableJsonResponse: true,
    });
    const server = mcpServer(toolsOf(deps, call));
    response.once("close", () => void server.close().catch(() => undefined));
    await server.connect(transport as Transport);
    await transport.handleRequest(request, response, request.body);
  };
}

/** The tools' deps for one request. */
export function toolsOf(
  { searches, concepts, store, searcher, dataset, version }: McpDeps,
  call: SearchCall,
): McpToolDeps {
  const named = dataset === undefined ? {} : { dataset };
  return {
    version,
    storeUrl: store.url,
    search: (request) => searches.search({ ...request, ...named }, call),
    concept: (cui, lat) => searches.admit(call, () => concepts.concept({ cui, lat, ...named }, call)),
    align: (entry) =>
      searches.admit(call, () =>
        alignLexicon(
          [entry],
          {
            mode: "strong",
            filter: {},
            exact: false,
            matcher: DEFAULT_MATCHER,
            choice: "all",
            lettersOf: SAMPLED_STRINGS,
            signal: call.signal,
            ...named,
          },
          { store, searcher },
        ),
      ),
  };
}
