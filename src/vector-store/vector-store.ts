import type { OnProgress } from "../terminology/progress.ts";

/**
 * How a field is kept: one keyword, a text (a keyword that is found by its words too, which spaces part), a list of
 * keywords, or an integer. All can be filtered by; keywords, texts and lists can be looked up, the first two also by
 * prefix.
 */
export type FieldKind = "keyword" | "text" | "keywords" | "integer";
export type FieldValue = string | readonly string[] | number;

/** A number for each record of a block, and the range that is the block's: no other block has a key in [from, to). */
export interface BlockKeys {
  of: readonly number[];
  from: number;
  to: number;
}

/** A collection is either of vectors (with `dimension`) or of documents (without). Names match `COLLECTION_NAME`. */
export interface CollectionSpec {
  name: string;
  /** Length of the vectors, which are float32 of unit length and compared by cosine. */
  dimension?: number;
  fields: Readonly<Record<string, FieldKind>>;
}

export const COLLECTION_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/;

/**
 * Where a record stands: the row number, or the key where a store goes by keys. A string has one place in all collections of a
 * release, its document's and those of its vectors.
 */
export interface RecordPosition {
  ordinal: number;
}

/** Which record is meant: `id` (a UUID, or a CUI) is the same in every store and release. */
export interface RecordRef extends RecordPosition {
  id: string;
}

/** Records of one collection in columns: `ids[i]`, `fields[name][i]`, `bodies[i]` and row i of `vectors` belong together. */
export interface Block {
  /** Blocks are numbered from 0 and written in rising order. */
  number: number;
  /** Row number of the first record. */
  firstOrdinal: number;
  ids: readonly string[];
  /** What a store may know the records by from one release to the next, in rising order. */
  keys?: BlockKeys;
  fields: Readonly<Record<string, readonly FieldValue[]>>;
  /** JSON of each record, returned as written. */
  bodies?: readonly string[];
  vectors?: Float32Array;
}

/** What a copied collection holds otherwise than a block says, as rows of the block. */
export interface BlockChanges {
  /** Not there, or another record stands under the key. */
  missing: readonly number[];
  /** There with other fields or another body; the vector is the record's. */
  changed: readonly number[];
  /** Keys of the block's range that none of its records has. */
  gone: readonly number[];
}

/**
 * Collections that begin as copies of an earlier release's, index and all, so that of a new release only what differs is
 * written and indexed.
 */
export interface CollectionCopies {
  /** Copies `from` under the name of `spec`, in the place of what had it. False where that can't be had here: nothing is made then. */
  begin(from: string, spec: CollectionSpec): Promise<boolean>;
  /** Compares a block that has keys, without its vectors, with what the copy holds. */
  compare(collection: string, block: Block): Promise<BlockChanges>;
  /** Makes the copy hold the block. Row i of `block.vectors` belongs to record `changes.missing[i]`. May be repeated. */
  amend(collection: string, block: Block, changes: BlockChanges): Promise<void>;
}

/** Every named field must hold one of the values given for it. */
export type Filter = Readonly<Record<string, readonly string[]>>;

export interface CreateOptions {
  /** Leaves a collection of this name as it is. Without it, what was there is gone. */
  keep?: boolean;
}

export interface WriteOptions {
  /** Other processes write other blocks: nothing that comes after this one is dropped. */
  besideOthers?: boolean;
}

/** A question that nobody waits for any longer must not keep the store busy. */
export interface TimeoutOptions {
  /** Milliseconds after which the store may give up, with `unavailable`; absent: it takes the time that it needs. */
  timeoutMs?: number;
}

export interface SearchOptions extends TimeoutOptions {
  limit: number;
  filter?: Filter;
  /** Compares with every vector instead of asking the index: the oracle of tests, and of small filters. */
  exact?: boolean;
}

export interface PrefixOptions extends TimeoutOptions {
  filter?: Filter;
  /** An integer field: the greatest first, equal ones by row number. Absent: in the keyword's order. */
  by?: string;
}

export interface WordsOptions extends TimeoutOptions {
  filter?: Filter;
  /**
   * Letters (0 to 2) by which a word may differ, its first letter excepted: one from four letters on, two from eight.
   * Words with a digit never differ. 0 when left out.
   */
  typos?: number;
}

/** A neighbour. What it is called stands in its document: to read that of each is for those who want it. */
export interface SearchHit extends RecordPosition {
  /** float32 cosine of the stored vector and the query: never the index's approximation. */
  cosine: number;
}

export interface StoredRecord extends RecordRef {
  body: string;
}

export interface VectorRow {
  id: string;
  vector: Float32Array;
}

/** What was found when all files of a collection were compared with their checksums. */
export interface CollectionIntegrity {
  /** One line for each damage: which file, where. */
  damages: string[];
  /** What was wrong, and has been made again of what is right. */
  mended: string[];
  /** False where an earlier version wrote the collection, without checksums. */
  checked: boolean;
}

/**
 * Where vectors and documents live. One interface for the embedded and the distributed store; `tests/vector-store`
 * holds the contract that each must pass. Errors are `TermduetError`: `not-found` for a collection that is not there,
 * `no-space`, `unavailable`, `incompatible` for vectors of another dimension.
 */
export interface VectorStore extends AsyncDisposable {
  /** The URL by which it was opened, without secrets. */
  readonly url: string;
  /** Whether several processes may write to one collection at a time. */
  readonly parallel: boolean;
  /** Folder of locks that hold for all who write to the store; absent for a server. */
  readonly locks?: string;
  /** Absent for a store that copies no collections. */
  readonly copies?: CollectionCopies;

  createCollection(spec: CollectionSpec, options?: CreateOptions): Promise<void>;
  dropCollection(name: string): Promise<void>;
  collections(): Promise<string[]>;

  /**
   * Writes a block; when it returns, all of it is kept. Writing block n again replaces it and drops whatever came after it:
   * a block that a crash cut is written again.
   */
  writeBlock(collection: string, block: Block, options?: WriteOptions): Promise<void>;
  /** Builds the indexes once all blocks are written. May be called again after a crash. */
  finishCollection(collection: string, onProgress?: OnProgress): Promise<void>;
  count(collection: string, filter?: Filter): Promise<number>;

  /** Nearest neighbours by cosine, nearest first, ties by place; one list per query (rows of `dimension` float32). */
  search(collection: string, queries: Float32Array, options: SearchOptions): Promise<SearchHit[][]>;
  /** Exact cosine of the query with each record named, in the order given; undefined for one that is not there. */
  score(
    collection: string,
    query: Float32Array,
    places: readonly RecordPosition[],
  ): Promise<(number | undefined)[]>;
  /** The same for many queries (rows of `dimension` float32), each with the records of its own. */
  scoreEach(
    collection: string,
    queries: Float32Array,
    places: readonly (readonly RecordPosition[])[],
  ): Promise<(number | undefined)[][]>;
  /** Documents by their places, in the order given; undefined for one that is not there. */
  fetch(collection: string, places: readonly RecordPosition[]): Promise<(StoredRecord | undefined)[]>;
  /** Documents whose field `field` holds one of the values (`id` is a field too), in the order of their row numbers. */
  find(collection: string, field: string, values: readonly string[], limit: number): Promise<StoredRecord[]>;
  /** Documents whose keyword starts with `prefix`, by default in the keyword's order by code point, then by row number. */
  findByPrefix(
    collection: string,
    field: string,
    prefix: string,
    limit: number,
    options?: PrefixOptions,
  ): Promise<StoredRecord[]>;
  /**
   * Documents whose text holds all the words, in any order. Where there are more than `limit`, the store chooses:
   * those that hold little else come first.
   */
  findByWords(
    collection: string,
    field: string,
    words: readonly string[],
    limit: number,
    options?: WordsOptions,
  ): Promise<StoredRecord[]>;
  /** Which of the words stand in a document's text. */
  knownWords(
    collection: string,
    field: string,
    words: readonly string[],
    options?: TimeoutOptions,
  ): Promise<Set<string>>;
  /** Vectors whose integer field lies in [from, to), in the order of their row numbers. */
  scan(
    collection: string,
    field: string,
    from: number,
    to: number,
  ): AsyncGenerator<VectorRow[], void, undefined>;

  /** Streams all documents in the order of their row numbers. */
  documents(collection: string): AsyncGenerator<StoredRecord[], void, undefined>;
  /** Streams all that was written, as blocks of `size` records in the order of their row numbers. */
  blocks(collection: string, size: number): AsyncGenerator<Block, void, undefined>;

  /** Which collection each alias names. */
  aliases(): Promise<Record<string, string>>;
  /** Points all aliases at their collections in one atomic step; `null` removes an alias. */
  switchAliases(changes: Readonly<Record<string, string | null>>): Promise<void>;

  /** Small JSON documents of ours (release records), by key. */
  metadata(): Promise<Record<string, unknown>>;
  putMetadata(key: string, value: unknown): Promise<void>;
  deleteMetadata(key: string): Promise<void>;

  /** What is wrong with aliases, metadata and descriptions. Absent for a server, which looks after its own. */
  recordDamages?(): Promise<string[]>;
  /** Reads all of a collection against its checksums, and mends what can be made again. Absent for a server. */
  integrity?(collection: string): Promise<CollectionIntegrity>;
}
