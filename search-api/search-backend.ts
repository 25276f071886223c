import type { ActiveReleaseLookup } from "../src/retrieval/request/active-release.ts";
import type { Searcher } from "../src/retrieval/searcher.ts";

/** What the routes need of a `Searcher`. */
export interface SearchBackend extends Pick<Searcher, "search" | "retrievers"> {
  readonly releases: Pick<ActiveReleaseLookup, "resolve" | "all">;
}
