import { checkedQueries } from "../src/retrieval/check-request.ts";
import type { SearchFilter } from "../src/retrieval/search-filter.ts";
import type { SearchResponse } from "../src/retrieval/search-types.ts";
import type { Admission } from "./guards/admission.ts";
import type { SearchService } from "./search-service.ts";
import type { Metrics } from "./telemetry/metrics.ts";

/** A request as the schemas leave it: what was not given is undefined. */
export interface DeskRequest {
  queries: readonly string[];
  k: number;
  offset?: number | undefined;
  filter: { [Field in keyof SearchFilter]: readonly string[] | undefined };
  encoders?: readonly string[] | undefined;
  explain: boolean;
  dataset?: string | undefined;
}

export interface SearchDeskDeps {
  searcher: SearchService;
  admission: Admission;
  metrics: Metrics;
  now: () => number;
}

// A long batch is searched in parts of this size, so that single queries find the encoders free in between.
const PART = 16;

/** Where all doors hand in their searches: admits them, divides long batches, and counts. */
export class SearchDesk {
  readonly #deps: SearchDeskDeps;

  constructor(deps: SearchDeskDeps) {
    this.#deps = deps;
  }

  /** Errors: `usage` for what can't be searched, `overloaded`, and whatever the search throws. */
  search(request: DeskRequest, signal: AbortSignal): Promise<SearchResponse[]> {
    const { queries, k, offset = 0, filter, encoders, explain, dataset } = request;
    // All queries are checked before the first is searched: a batch is answered whole or not at all.
    checkedQueries({ queries, k, offset });
    const shared = {
      k,
      offset,
      filter: given(filter),
      explain,
      ...(encoders?.length ? { encoders } : {}),
      ...(dataset === undefined ? {} : { dataset }),
    };
    const parts = Math.ceil(queries.length / PART);
    return this.#deps.admission.run(parts, signal, async () => {
      const responses: SearchResponse[] = [];
      for (let start = 0; start < queries.length; start += PART) {
        signal.throwIfAborted();
        responses.push(...(await this.#part(queries.slice(start, start + PART), shared)));
      }
      return responses;
    });
  }

  async #part(
    queries: readonly string[],
    shared: Omit<Parameters<SearchService["search"]>[0], "queries">,
  ): Promise<SearchResponse[]> {
    const { searcher, metrics, now } = this.#deps;
    const started = now();
    const onEncoded = (ms: number): void => metrics.encoded(queries.length, ms / 1000);
    const responses = await searcher.search({ queries, ...shared }, { onEncoded });
    metrics.search(queries.length, (now() - started) / 1000);
    return responses;
  }
}

function given(filter: DeskRequest["filter"]): SearchFilter {
  return Object.fromEntries(Object.entries(filter).filter(([, values]) => values !== undefined));
}
