import { checkedQueries } from "../src/retrieval/check-request.ts";
import type { FacetField } from "../src/retrieval/facets.ts";
import type { SearchFilter } from "../src/retrieval/search-filter.ts";
import type { SearchResponse } from "../src/retrieval/search-types.ts";
import type { Call } from "./call.ts";
import type { Admission } from "./guards/admission.ts";
import type { SearchService } from "./search-service.ts";
import type { Metrics, SearchPart } from "./telemetry/metrics.ts";

/** A request as the schemas leave it: what was not given is undefined. */
export interface DeskRequest {
  queries: readonly string[];
  k: number;
  offset?: number | undefined;
  filter: { [Field in keyof SearchFilter]: readonly string[] | undefined };
  encoders?: readonly string[] | undefined;
  /** Languages (LAT) for the names to show. */
  lang?: readonly string[] | undefined;
  facets?: readonly FacetField[] | undefined;
  explain: boolean;
  dataset?: string | undefined;
}

/** What a search needs to know of the call that it is made for. */
export type SearchCall = Pick<Call, "signal" | "remainingMs"> & Partial<Pick<Call, "parts">>;

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
  search(request: DeskRequest, call: SearchCall): Promise<SearchResponse[]> {
    const { queries, k, offset = 0, filter, encoders, lang, facets, explain, dataset } = request;
    const { signal } = call;
    // All queries are checked before the first is searched: a batch is answered whole or not at all.
    checkedQueries({ queries, k, offset });
    const shared = {
      k,
      offset,
      filter: given(filter),
      explain,
      ...(encoders?.length ? { encoders } : {}),
      ...(lang?.length ? { languages: lang } : {}),
      ...(facets?.length ? { facets } : {}),
      ...(dataset === undefined ? {} : { dataset }),
    };
    const parts = Math.ceil(queries.length / PART);
    const { admission, metrics, now } = this.#deps;
    const arrived = now();
    return admission.run(parts, signal, async () => {
      metrics.waited((now() - arrived) / 1000);
      const responses: SearchResponse[] = [];
      for (let start = 0; start < queries.length; start += PART) {
        signal.throwIfAborted();
        responses.push(...(await this.#part(queries.slice(start, start + PART), shared, call)));
      }
      return responses;
    });
  }

  /** Work that asks the store alone, let in like a search of one query. */
  admit<T>(call: Pick<Call, "signal">, work: () => Promise<T>): Promise<T> {
    const { admission, metrics, now } = this.#deps;
    const arrived = now();
    return admission.run(1, call.signal, () => {
      metrics.waited((now() - arrived) / 1000);
      return work();
    });
  }

  async #part(
    queries: readonly string[],
    shared: Omit<Parameters<SearchService["search"]>[0], "queries">,
    call: SearchCall,
  ): Promise<SearchResponse[]> {
    const { searcher, metrics, now } = this.#deps;
    const started = now();
    const count = queries.length;
    const ended = (name: SearchPart, ms: number): void => {
      metrics.part(name, count, ms / 1000);
      call.parts?.push({ name, startedMs: now() - ms, ms });
    };
    const responses = await searcher.search(
      { queries, ...shared },
      {
        onEncoded: (ms) => ended("encode", ms),
        onStored: (ms) => ended("store", ms),
        onMerged: (ms) => ended("merge", ms),
        signal: call.signal,
        remainingMs: () => call.remainingMs(),
      },
    );
    metrics.search(queries.length, (now() - started) / 1000);
    return responses;
  }
}

function given(filter: DeskRequest["filter"]): SearchFilter {
  return Object.fromEntries(Object.entries(filter).filter(([, values]) => values !== undefined));
}
