import type {
  Block,
  Filter,
  PrefixOptions,
  RecordPosition,
  SearchHit,
  SearchOptions,
  StoredRecord,
  TimeoutOptions,
  VectorRow,
  VectorStore,
  WordsOptions,
} from "./vector-store.ts";

/** An open collection as both stores ask it: by its vectors, by its documents, and as a whole. */
export interface OpenCollection {
  readonly vectors: {
    search(queries: Float32Array, options: SearchOptions): Promise<SearchHit[][]>;
    scoreEach(
      queries: Float32Array,
      places: readonly (readonly RecordPosition[])[],
    ): Promise<(number | undefined)[][]>;
  };
  readonly found: {
    fetch(places: readonly RecordPosition[]): Promise<(StoredRecord | undefined)[]>;
    find(field: string, values: readonly string[], limit: number): Promise<StoredRecord[]>;
    findByPrefix(
      field: string,
      prefix: string,
      limit: number,
      options: PrefixOptions,
    ): Promise<StoredRecord[]>;
    findByWords(
      field: string,
      words: readonly string[],
      limit: number,
      options: WordsOptions,
    ): Promise<StoredRecord[]>;
    knownWords(field: string, words: readonly string[], options: TimeoutOptions): Promise<Set<string>>;
    documents(): AsyncGenerator<StoredRecord[], void, undefined>;
  };
  count(filter?: Filter): Promise<number>;
  scan(field: string, from: number, to: number): AsyncGenerator<VectorRow[], void, undefined>;
  blocks(size: number): AsyncGenerator<Block, void, undefined>;
}

type Reading =
  | "count"
  | "search"
  | "score"
  | "scoreEach"
  | "fetch"
  | "find"
  | "findByPrefix"
  | "findByWords"
  | "knownWords"
  | "scan"
  | "documents"
  | "blocks";

/** What reading a store by collections' names has in common, whatever the collections are. */
export abstract class CollectionsStore<C extends OpenCollection> implements Pick<VectorStore, Reading> {
  /** Errors: `not-found` when there is none of this name. */
  protected abstract collection(name: string): Promise<C>;
  /** Calls an open collection; what goes wrong is told in the words of the store, which was `doing` it. */
  protected abstract with<T>(name: string, doing: string, call: (open: C) => Promise<T>): Promise<T>;

  count(name: string, filter?: Filter): Promise<number> {
    return this.with(name, `counting ${name}`, (c) => c.count(filter));
  }

  search(name: string, queries: Float32Array, options: SearchOptions): Promise<SearchHit[][]> {
    return this.with(name, `searching ${name}`, (c) => c.vectors.search(queries, options));
  }

  async score(
    name: string,
    query: Float32Array,
    places: readonly RecordPosition[],
  ): Promise<(number | undefined)[]> {
    return (await this.scoreEach(name, query, [places]))[0]!;
  }

  scoreEach(
    name: string,
    queries: Float32Array,
    places: readonly (readonly RecordPosition[])[],
  ): Promise<(number | undefined)[][]> {
    return this.#reading(name, (c) => c.vectors.scoreEach(queries, places));
  }

  fetch(name: string, places: readonly RecordPosition[]): Promise<(StoredRecord | undefined)[]> {
    return this.#reading(name, (c) => c.found.fetch(places));
  }

  find(name: string, field: string, values: readonly string[], limit: number): Promise<StoredRecord[]> {
    return this.#reading(name, (c) => c.found.find(field, values, limit));
  }

  findByPrefix(
    name: string,
    field: string,
    prefix: string,
    limit: number,
    options: PrefixOptions = {},
  ): Promise<StoredRecord[]> {
    return this.#reading(name, (c) => c.found.findByPrefix(field, prefix, limit, options));
  }

  findByWords(
    name: string,
    field: string,
    words: readonly string[],
    limit: number,
    options: WordsOptions = {},
  ): Promise<StoredRecord[]> {
    return this.#reading(name, (c) => c.found.findByWords(field, words, limit, options));
  }

  knownWords(
    name: string,
    field: string,
    words: readonly string[],
    options: TimeoutOptions = {},
  ): Promise<Set<string>> {
    return this.#reading(name, (c) => c.found.knownWords(field, words, options));
  }

  async *scan(
    name: string,
    field: string,
    from: number,
    to: number,
  ): AsyncGenerator<VectorRow[], void, undefined> {
    yield* (await this.collection(name)).scan(field, from, to);
  }

  async *documents(name: string): AsyncGenerator<StoredRecord[], void, undefined> {
    yield* (await this.collection(name)).found.documents();
  }

  async *blocks(name: string, size: number): AsyncGenerator<Block, void, undefined> {
    yield* (await this.collection(name)).blocks(size);
  }

  #reading<T>(name: string, call: (open: C) => Promise<T>): Promise<T> {
    return this.with(name, `reading ${name}`, call);
  }
}
