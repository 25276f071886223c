import type { FacetField } from "../src/retrieval/rank/facets.ts";
import { checkedQueries } from "../src/retrieval/request/check-request.ts";
import type { SearchFilter } from "../src/retrieval/request/search-filter.ts";
import type { SearchResponse } from "../src/retrieval/request/search-types.ts";
import type { Call } from "./call.ts";
import type { Admission, AdmissionTurn } from "./guards/admission.ts";
import { MicroBatcher } from "./guards/micro-batcher.ts";
import { Places } from "./guards/places.ts";
import type { SearchBackend } from "./search-backend.ts";
import type { Metrics, SearchPart } from "./telemetry/metrics.ts";

/** A request as the schemas leave it: what was not given is undefined. */
export interface ServiceRequest {
  queries: readonly string[];
  /** For each query the text in which it stands, if it stands in one. */
  contexts?: readonly (string | undefined)[] | undefined;
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
export type SearchCall = Pick<Call, "signal" | "remainingMs"> & Partial<Pick<Call, "parts" | "caller">>;

export interface SearchDeskDeps {
  searcher: SearchBackend;
  admission: Admission;
  metrics: Metrics;
  now: () => number;
  /** Batches that may be under way. */
  batches: number;
  /** Of those, one caller's. */
  batchesPerCaller: number;
}

type Shared = Omit<Parameters<SearchBackend["search"]>[0], "queries" | "contexts">;

/** A query with the text in which it stands. */
interface AskedQuery {
  query: string;
  context: string | undefined;
}

// A long batch is searched in parts of this size, each in its turn, so that others are answered in between.
const PART = 16;
// Of long pages fewer, each of which takes as long.
const LONG_PAGE = 50;
const PART_OF_LONG = 4;
// More texts cost hardly less each, and the first would wait longer for the last.
const TOGETHER = 8;
/** Where all doors hand in their searches: admits them, joins those that wait, divides long batches, and counts. */
export class SearchService {
  readonly #deps: SearchDeskDeps;
  readonly #together: MicroBatcher<Shared, AskedQuery>;
  readonly #batches: Places;

  constructor(deps: SearchDeskDeps) {
    this.#deps = deps;
    const { admission, metrics, now, batches, batchesPerCaller } = deps;
    this.#batches = new Places("batches", batches, batchesPerCaller);
    this.#together = new MicroBatcher({
      admission,
      most: TOGETHER,
      search: (asked, shared, call) => this.#part(asked, shared, call),
      waited: (ms) => metrics.waited(ms / 1000),
      now,
    });
  }

  /**
   * Answers all queries, or none. What comes as a stream has been let in already and is `patient`.
   * Errors: `usage` for what can't be searched, `overloaded`, and whatever the search throws.
   */
  async search(
    request: ServiceRequest,
    call: SearchCall,
    { patient = false }: AdmissionTurn = {},
  ): Promise<SearchResponse[]> {
    const { queries, contexts, k, offset = 0, filter, encoders, lang, facets, explain, dataset } = request;
    // All queries are checked before the first is searched: a batch is answered whole or not at all.
    checkedQueries({ queries, ...(contexts ? { contexts } : {}), k, offset });
    const asked = queries.map((query, i) => ({ query, context: contexts?.[i] }));
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
    if (patient) return this.#inParts(asked, shared, call, true);
    if (queries.length === 1) return [await this.#together.search(asked[0]!, shared, call)];
    using _ = this.#batches.take(call.caller);
    return await this.#inParts(asked, shared, call, false);
  }

  /** Work that asks the store alone, let in like a search of one query. */
  admit<T>({ signal }: Pick<Call, "signal">, work: () => Promise<T>, turn?: AdmissionTurn): Promise<T> {
    const { admission, metrics, now } = this.#deps;
    const arrived = now();
    const begun = (): Promise<T> => {
      metrics.waited((now() - arrived) / 1000);
      return work();
    };
    return admission.run(signal, begun, turn);
  }

  /** Once the first part has been let in the others wait as long as it takes. */
  async #inParts(
    queries: readonly AskedQuery[],
    shared: Shared,
    call: SearchCall,
    patient: boolean,
  ): Promise<SearchResponse[]> {
    const responses: SearchResponse[] = [];
    const size = shared.k > LONG_PAGE ? PART_OF_LONG : PART;
    for (let start = 0; start < queries.length; start += size) {
      const part = queries.slice(start, start + size);
      const turn = { patient: patient || start > 0, behind: true };
      responses.push(...(await this.admit(call, () => this.#part(part, shared, call), turn)));
    }
    return responses;
  }

  async #part(asked: readonly AskedQuery[], shared: Shared, call: SearchCall): Promise<SearchResponse[]> {
    const { searcher, metrics, now } = this.#deps;
    const started = now();
    const queries = asked.map(({ query }) => query);
    const contexts = asked.map(({ context }) => context);
    const count = queries.length;
    const ended = (name: SearchPart, ms: number): void => {
      metrics.part(name, count, ms / 1000);
      call.parts?.push({ name, startedMs: now() - ms, ms });
    };
    const responses = await searcher.search(
      { queries, ...(contexts.some(Boolean) ? { contexts } : {}), ...shared },
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

function given(filter: ServiceRequest["filter"]): SearchFilter {
  return Object.fromEntries(Object.entries(filter).filter(([, values]) => values !== undefined));
}
