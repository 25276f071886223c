import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { Request, RequestHandler } from "express";
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
  /** Origins whose pages may call it, besides the server's own. */
  origins: readonly string[];
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
    refuseOtherOrigins(request, deps.origins);
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

/**
 * A page of somebody else must not use a visitor's browser to ask this server (DNS rebinding). The protocol (2025-11-25) wants 403.
 * Errors: `not-allowed`.
 */
function refuseOtherOrigins(request: Request, allowed: readonly string[]): void {
  const origin = request.get("Origin");
  if (origin === undefined || allowed.includes(origin)) return;
  const host = request.get("Host");
  if (origin === `http://${host}` || origin === `https://${host}`) return;
  throw new HttpProblem("not-allowed", "pages of this origin may not call the server; see --cors-origins");
}

/** The tools' deps for one request. */
export function toolsOf(
  { searches, concepts, store, searcher, dataset, version }: Omit<McpDeps, "origins">,
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
