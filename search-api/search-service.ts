import type { ActiveReleaseLookup } from "../src/retrieval/active-release.ts";
import type { Searcher } from "../src/retrieval/searcher.ts";

/** What the routes need of a `Searcher`. */
export interface SearchService extends Pick<Searcher, "search" | "legs"> {
  readonly releases: Pick<ActiveReleaseLookup, "resolve" | "all">;
}
