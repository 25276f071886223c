import type { EncoderFolder, EncoderManifest } from "../encoder/encoder-manifest.ts";
import type { Encoder } from "../encoder/encoder-pool.ts";
import { TermduetError } from "../terminology/termduet-error.ts";
import type { ReleaseRecord } from "../vector-store/release-record.ts";
import type { VectorStore } from "../vector-store/vector-store.ts";
import { answerQueries } from "./answer-queries.ts";
import type { DefinitionRetriever } from "./match/definition-hits.ts";
import { OutOfVocabularyWords } from "./match/out-of-vocabulary.ts";
import { PrefixMatches } from "./match/prefix-matches.ts";
import { Calibrator } from "./rank/calibrator.ts";
import { Closeness } from "./rank/closeness.ts";
import { ReadNames } from "./rank/concept-differences.ts";
import { withDisplayNames } from "./rank/display-names.ts";
import { OTHER_FIELDS } from "./rank/other-fields.ts";
import type { PopularityBoost } from "./rank/popularity-boost.ts";
import { ActiveReleaseLookup } from "./request/active-release.ts";
import { checkedQueries } from "./request/check-request.ts";
import { withKnownValues } from "./request/known-values.ts";
import { encodedReadings, type QueryReading, readingsOf, shownReading } from "./request/query-reading.ts";
import type { SearchContext, SearchRequest, SearchResponse } from "./request/search-types.ts";

/** An encoder that a search asks, with the collection of the release that it filled. */
export interface EncoderRetriever {
  encoder: Encoder;
  calibrator: Calibrator;
  collection: string;
  /** Present where the encoder knows the release's definitions. */
  definitions?: DefinitionRetriever;
  /** Present where the encoder heeds how well a concept is known, and the release says it. */
  standing?: PopularityBoost;
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
  readonly #begun: PrefixMatches;
  readonly #unknown: OutOfVocabularyWords;
  readonly #closeness: Closeness;
  readonly #names = new ReadNames();

  constructor(deps: SearcherDeps) {
    this.#deps = deps;
    this.releases = new ActiveReleaseLookup(deps.store);
    this.#begun = new PrefixMatches(deps.store);
    this.#unknown = new OutOfVocabularyWords(deps.store);
    this.#closeness = new Closeness(deps.store);
  }

  /**
   * Answers all queries of a request, in their order; a batch is encoded together.
   * Errors: `usage` for what can't be searched, `incompatible` when the release was made by other encoders.
   */
  async search(request: SearchRequest, context: SearchContext = {}): Promise<SearchResponse[]> {
    const readings = readingsOf(checkedQueries(request), request.contexts);
    try {
      return await this.#searchActive(readings, request, context);
    } catch (error) {
      if (!(error instanceof TermduetError && error.code === "not-found")) throw error;
      // The release may have been switched and removed since the aliases were read.
      this.releases.forget();
      return await this.#searchActive(readings, request, context);
    }
  }

  async #searchActive(
    readings: readonly QueryReading[],
    request: SearchRequest,
    context: SearchContext,
  ): Promise<SearchResponse[]> {
    const release = await this.releases.resolve(request.dataset);
    const retrievers = await this.retrievers(release, request.encoders);
    const started = performance.now();
    const texts = readings.map(({ text }) => text);
    const encoding = this.#encoded(retrievers, readings, context);
    encoding.catch(() => undefined); // awaited with what goes on meanwhile, which may fail before
    const { store } = this.#deps;
    const { filter, unknown } = withKnownValues(request.filter ?? {}, release);
    const pages = await answerQueries(
      { store, release, retrievers, begun: this.#begun, unknown: this.#unknown, names: this.#names },
      texts,
      encoding,
      { ...request, filter },
      context,
    );
    const lists = request.languages?.length
      ? await withDisplayNames(
          store,
          release.concepts,
          pages.map(({ results }) => results),
          request.languages,
        )
      : pages.map(({ results }) => results);
    const threshold = await this.#closeness.threshold(release);
    // Queries of a batch are answered together; each took its share.
    const tookMs = Math.round((10 * (performance.now() - started)) / texts.length) / 10;
    const { dataset, release: name } = release;
    return pages.map(({ more, facets, noSuchCode, ambiguous, nearness }, i) => ({
      query: request.queries[i]!,
      ...(request.explain && readings[i]!.abbreviations.length > 0
        ? { reading: shownReading(readings[i]!) }
        : {}),
      dataset,
      release: name,
      tookMs,
      close: nearness > threshold,
      results: lists[i]!,
      ...(facets ? { facets } : {}),
      ...(more ? { more: true } : {}),
      ...(noSuchCode ? { noSuchCode } : {}),
      ...(ambiguous ? { ambiguous } : {}),
      ...(unknown.length > 0 ? { unknownFilters: unknown } : {}),
    }));
  }

  async #encoded(
    retrievers: readonly EncoderRetriever[],
    readings: readonly QueryReading[],
    { onEncoded, signal }: SearchContext,
  ): Promise<Float32Array[]> {
    const started = performance.now();
    const encoded = await Promise.all(retrievers.map(({ encoder }) => encodedReadings(encoder, readings)));
    onEncoded?.(performance.now() - started);
    signal?.throwIfAborted();
    return encoded.map(({ vectors }) => vectors);
  }

  /**
   * Learns from when on something is near in the active release of a dataset, for `close`; until then what is usual is taken.
   * It takes as long as sixty searches, and once learnt it is kept in the store.
   */
  async learnCloseness(dataset?: string): Promise<void> {
    const release = await this.releases.resolve(dataset);
    const retrievers = await this.retrievers(release);
    const { store } = this.#deps;
    await this.#closeness.learn(release, async () => {
      const encoded = await Promise.all(
        retrievers.map(({ encoder }) => encoder.encode(OTHER_FIELDS, "query")),
      );
      const deps = {
        store,
        release,
        retrievers,
        begun: this.#begun,
        unknown: this.#unknown,
        names: this.#names,
      };
      const vectors = encoded.map((one) => one.vectors);
      const pages = await answerQueries(deps, OTHER_FIELDS, vectors, { k: 10 });
      return pages.map(({ nearness }) => nearness);
    });
  }

  /** The encoders of a release, loaded. */
  async retrievers(release: ReleaseRecord, wanted?: readonly string[]): Promise<EncoderRetriever[]> {
    const unknown = wanted?.find((id) => !release.encoders.some((e) => e.id === id));
    const ids = release.encoders.map((e) => e.id).join(", ");
    if (unknown !== undefined) {
      throw new TermduetError(
        "not-found",
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
        const { manifest } = encoder.folder;
        const evidence = { ...definitionRetriever(release, manifest), ...popularityBoost(release, manifest) };
        return { encoder, calibrator, collection, ...evidence };
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

function definitionRetriever(
  { definitions }: ReleaseRecord,
  { id, definitions: worth }: EncoderManifest,
): Pick<EncoderRetriever, "definitions"> {
  const vectors = definitions?.vectors.find(({ encoder }) => encoder === id);
  if (!vectors || !worth) return {};
  return { definitions: { collection: vectors.collection, documents: definitions!.collection, ...worth } };
}

function popularityBoost(
  { standing: usual }: ReleaseRecord,
  { standing }: EncoderManifest,
): Pick<EncoderRetriever, "standing"> {
  return usual && standing ? { standing: { ...standing, usual: usual[standing.by] } } : {};
}
