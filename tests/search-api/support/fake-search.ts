import type { SearchBackend } from "../../../search-api/search-backend.ts";
import type {
  SearchRequest,
  SearchResponse,
  SearchResult,
} from "../../../src/retrieval/request/search-types.ts";
import type { ReleaseRecord } from "../../../src/vector-store/release-record.ts";
import type { VectorStore } from "../../../src/vector-store/vector-store.ts";

export const RECORD: ReleaseRecord = {
  dataset: "fake",
  release: "1",
  generation: 1,
  fingerprint: "",
  source: "/home/secret/META",
  filters: { sab: [], lat: [], includeSuppressed: false },
  ingestedAt: "2026-01-01T00:00:00.000Z",
  counts: { atoms: 1, strings: 1, concepts: 1, rejects: 0, bySab: { S: 1 }, byLat: { ENG: 1 }, bySty: {} },
  encoders: [],
  strings: "fake_1__strings",
  concepts: "fake_1__concepts",
};

/** A store that holds one release and no documents. What is not here must not be called. */
export function fakeStore(overrides: Partial<VectorStore> = {}): VectorStore {
  return {
    url: "lancedb:/home/secret/store",
    find: async () => [],
    findByPrefix: async () => [],
    findByWords: async () => [],
    knownWords: async () => new Set(),
    aliases: async () => ({ fake__strings: RECORD.strings }),
    metadata: async () => ({ "release/fake/1": RECORD }),
    ...overrides,
  } as VectorStore;
}

/** A search that answers at once with what it was asked, unless `search` says otherwise. */
export function fakeSearch(
  search: (request: SearchRequest) => Promise<SearchResponse[]> = async (request) => echo(request),
): SearchBackend {
  return {
    search,
    retrievers: async () => [],
    releases: { resolve: async () => RECORD, all: async () => [RECORD] },
  };
}

/** One answer per query, which carries the query and nothing else. */
export function echo({ queries, k }: Pick<SearchRequest, "queries" | "k">): SearchResponse[] {
  return queries.map((query) => ({
    query,
    dataset: "fake",
    release: "1",
    tookMs: 1,
    close: true,
    results: Array.from({ length: Math.min(k, 2) }, (_, i) => result(i + 1)),
  }));
}

function result(rank: number): SearchResult {
  return {
    rank,
    cui: `C000000${rank}`,
    name: "Name",
    string: "name",
    aui: "A1",
    sab: "S",
    tty: "PT",
    lat: "ENG",
    code: "1",
    matchType: "semantic",
    rating: 3,
    agreement: true,
    scores: { a: { cosine: 0.5, rank, rating: 3 } },
    semanticTypes: [],
  };
}

/** A promise and the means to settle it. */
export function gate(): { opened: Promise<void>; open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
