import type { EncoderFolder } from "../encoder/encoder-manifest.ts";
import type { Encoder } from "../encoder/encoder-pool.ts";
import { TermduetError } from "../terminology/termduet-error.ts";
import type { ReleaseRecord } from "../vector-store/release-record.ts";
import type { VectorStore } from "../vector-store/vector-store.ts";
import { ActiveReleaseLookup } from "./active-release.ts";
import { Calibrator } from "./calibrator.ts";
import { checkedQueries } from "./check-request.ts";
import { exactMatches } from "./exact-matches.ts";
import { gatherEvidence } from "./gather-evidence.ts";
import { rankConcepts } from "./rank-concepts.ts";
import { storeFilter } from "./search-filter.ts";
import type { SearchRequest, SearchResponse } from "./search-types.ts";

/** An encoder that a search asks, with the collection of the release that it filled. */
export interface EncoderLeg {
  encoder: Encoder;
  calibrator: Calibrator;
  collection: string;
}

export interface SearcherDeps {
  store: VectorStore;
  /** Starts, or gives, the encoder with this id and hash; undefined when this installation does not have it. */
  encoder: (id: string, hash: string) => Promise<Encoder | undefined>;
  /** What encoders there are, for the message when one is missing. */
  known: readonly EncoderFolder[];
}

/** Searches a store's active releases: exact matches first, then what the encoders find, merged. */
export class Searcher {
  readonly releases: ActiveReleaseLookup;
  readonly #deps: SearcherDeps;
  readonly #calibrators = new Map<string, Calibrator>();

  constructor(deps: SearcherDeps) {
    this.#deps = deps;
    this.releases = new ActiveReleaseLookup(deps.store);
  }

  /**
   * Answers all queries of a request, in their order; a batch is encoded together.
   * Errors: `usage` for what can't be searched, `incompatible` when the release was made by other encoders.
   */
  async search(request: SearchRequest): Promise<SearchResponse[]> {
    const started = performance.now();
    const texts = checkedQueries(request);
    const release = await this.releases.resolve(request.dataset);
    const legs = await this.legs(release, request.encoders);
    const { store } = this.#deps;
    const filter = request.filter ?? {};
    const encoded = await Promise.all([...legs.map(({ encoder }) => encoder.encode(texts, "query"))]);
    const encodeMs = performance.now() - started;
    const responses: SearchResponse[] = [];
    for (const [i, query] of texts.entries()) {
      const begun = performance.now();
      const vectors = legs.map(({ encoder }, leg) => {
        const { dimension } = encoder.folder.manifest;
        return encoded[leg]!.vectors.slice(i * dimension, (i + 1) * dimension);
      });
      const exact = exactMatches(store, release.strings, query);
      const pushed = storeFilter(filter);
      const options = { k: request.k, exact: request.exact ?? false, ...(pushed ? { filter: pushed } : {}) };
      const evidence = await gatherEvidence(store, release.strings, legs, vectors, exact, options);
      const results = rankConcepts({
        evidence,
        legs,
        filter,
        tiers: (await exact).tiers,
        k: request.k,
        explain: request.explain ?? false,
      });
      const tookMs = round(performance.now() - begun + encodeMs / texts.length);
      responses.push({
        query: request.queries[i]!,
        dataset: release.dataset,
        release: release.release,
        tookMs,
        results,
      });
    }
    return responses;
  }

  /** The encoders of a release, loaded. */
  async legs(release: ReleaseRecord, wanted?: readonly string[]): Promise<EncoderLeg[]> {
    const unknown = wanted?.find((id) => !release.encoders.some((e) => e.id === id));
    const ids = release.encoders.map((e) => e.id).join(", ");
    if (unknown !== undefined) {
      throw new TermduetError(
        "usage",
        `${release.dataset} ${release.release} has no vectors of encoder ${unknown}; it has those of ${ids}`,
      );
    }
    const chosen = release.encoders.filter((e) => !wanted?.length || wanted.includes(e.id));
    return Promise.all(
      chosen.map(async ({ id, hash, collection }) => {
        const encoder = await this.#deps.encoder(id, hash);
        if (!encoder) throw this.#otherEncoder(release, id, hash);
        const calibrator = this.#calibrators.get(hash) ?? new Calibrator(encoder.folder.manifest);
        this.#calibrators.set(hash, calibrator);
        return { encoder, calibrator, collection };
      }),
    );
  }

  #otherEncoder(release: ReleaseRecord, id: string, hash: string): TermduetError {
    const here = this.#deps.known.find((folder) => folder.manifest.id === id);
    const have = here
      ? `the ${id} installed here is another (${here.hash})`
      : `no encoder ${id} is installed here`;
    const name = `${release.dataset} ${release.release}`;
    return new TermduetError(
      "incompatible",
      `${name} was encoded with ${id} (${hash}), and ${have}; vectors of different encoders can't be compared: ingest ${name} again, or install that encoder`,
    );
  }
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}
