import { existsSync } from "node:fs";
import { join } from "node:path";
import type { OnProgress } from "../../terminology/progress.ts";
import { TermduetError } from "../../terminology/termduet-error.ts";
import { checkBlock, queryRows } from "../check-vectors.ts";
import type { OpenCollection } from "../collections-store.ts";
import type {
  Block,
  CollectionSpec,
  Filter,
  PrefixOptions,
  RecordPosition,
  SearchHit,
  SearchOptions,
  StoredRecord,
  TimeoutOptions,
  VectorRow,
  WordsOptions,
} from "../vector-store.ts";
import { BlockLog } from "./block-log.ts";
import { sumsPath } from "./block-sums.ts";
import { type CollectionRows, openRows, rowsFiles, rowsPath, writeRows } from "./collection-rows.ts";
import { DamagedFileError } from "./damaged-file.ts";
import { FieldIndex, makeFieldIndex } from "./field-index.ts";
import { CODES, indexFolder, isOfIndexes, removeIndexes, replaceIndexes } from "./index-folder.ts";
import { leastKeys } from "./least-keys.ts";
import type { KnownCollection } from "./open-database.ts";
import { bitCount, type VectorFiles, VectorIndex } from "./vector-index.ts";

const SCAN_ROWS = 4096;
const ROW_KEYS = 2 ** 32;

/** One collection: the rows that were written, which stay, and indexes made of them, which can be made again. */
export class EmbeddedCollection implements OpenCollection {
  readonly vectors = this;
  readonly found = this;
  readonly #store: string;
  readonly #spec: CollectionSpec;
  readonly #log: BlockLog;
  readonly #rows: CollectionRows;
  #count: number;
  #fields: FieldIndex | undefined;
  #index: VectorIndex | undefined;
  #rebuilding: Promise<void> | undefined;

  private constructor(store: string, spec: CollectionSpec, log: BlockLog, rows: CollectionRows) {
    this.#store = store;
    this.#spec = spec;
    this.#log = log;
    this.#rows = rows;
    this.#count = log.count;
  }

  /** Errors: `bad-input` when rows are not there that were written, or their checksums. */
  static open(store: string, { spec, checked, rows }: KnownCollection): EmbeddedCollection {
    if (checked) requireSums(store, spec);
    const log = BlockLog.open(rowsPath(store, spec.name));
    try {
      if (rows !== undefined && log.count !== rows)
        throw new DamagedFileError(
          `${rowsPath(store, spec.name)}.blocks`,
          `it tells of ${log.count} records, and ${rows} were written`,
        );
      return new EmbeddedCollection(store, spec, log, openRows(store, spec, log.count));
    } catch (error) {
      log[Symbol.dispose]();
      throw error;
    }
  }

  close(): void {
    this.#forgetIndexes();
    (this.#rows.vectors ?? this.#rows.documents)[Symbol.dispose]();
    this.#log[Symbol.dispose]();
  }

  async writeBlock(block: Block): Promise<void> {
    checkBlock(this.#spec, block);
    this.#forgetIndexes();
    removeIndexes(this.#store, this.#spec.name);
    writeRows(this.#rows, block);
    const { number, firstOrdinal, ids, fields } = block;
    // Last: rows that the log does not name are not there.
    this.#log.write({ number, firstOrdinal, count: ids.length }, fields);
    this.#count = this.#log.count;
  }

  async buildIndexes(onProgress?: OnProgress): Promise<void> {
    this.#forgetIndexes();
    const { name, dimension } = this.#spec;
    const report = (unit: string, done: number, total: number): void =>
      onProgress?.({ stage: `index ${name}`, done, total, unit });
    await replaceIndexes(this.#store, name, async (folder) => {
      makeFieldIndex(folder, this.#spec, this.#log, this.#ids(), (done, total) =>
        report("fields", done, total),
      );
      if (dimension === undefined) return;
      await VectorIndex.make(this.#vectorFiles(folder), (done, total) => report("vectors", done, total));
    });
    this.#forgetIndexes();
  }

  count(filter?: Filter): Promise<number> {
    return this.#mending(() => {
      const bits = this.#filter(filter);
      return bits ? bitCount(bits) : this.#count;
    });
  }

  async search(queries: Float32Array, options: SearchOptions): Promise<SearchHit[][]> {
    const { limit, exact = false } = options;
    checkTime(options);
    const vectors = queryRows(this.#spec, queries);
    return this.#mending(() => {
      this.#index ??= new VectorIndex(this.#vectorFiles(indexFolder(this.#store, this.#spec.name)));
      const filter = this.#filter(options.filter);
      return this.#index.search(vectors, { limit, exact, filter, timeoutMs: options.timeoutMs });
    });
  }

  async scoreEach(
    queries: Float32Array,
    places: readonly (readonly RecordPosition[])[],
  ): Promise<(number | undefined)[][]> {
    const vectors = queryRows(this.#spec, queries);
    return places.map((list, i) => {
      const stored = this.#rows.vectors!.read(list.map(({ ordinal }) => ordinal));
      return list.map(({ ordinal }, row) =>
        ordinal < this.#count ? stored.cosineAt(row, vectors[i]!) : undefined,
      );
    });
  }

  async fetch(places: readonly RecordPosition[]): Promise<(StoredRecord | undefined)[]> {
    return this.#rows.documents!.read(places.map(({ ordinal }) => ordinal));
  }

  async find(field: string, values: readonly string[], limit: number): Promise<StoredRecord[]> {
    if (values.length === 0) return [];
    return this.#mending(() => this.#documents(this.#indexes().rowsOf(field, values).subarray(0, limit)));
  }

  async findByPrefix(
    field: string,
    prefix: string,
    limit: number,
    options: PrefixOptions,
  ): Promise<StoredRecord[]> {
    checkTime(options);
    return this.#mending(() => this.#withPrefix(field, prefix, limit, options));
  }

  #withPrefix(field: string, prefix: string, limit: number, options: PrefixOptions): StoredRecord[] {
    const index = this.#indexes();
    const filter = this.#filter(options.filter);
    const terms = index.terms(field);
    const range = terms.prefixRange(prefix);
    const { by } = options;
    if (by === undefined && !filter)
      return this.#documents(terms.rows({ ...range, to: Math.min(range.to, range.from + limit) }));
    const rows = terms.rows(range);
    const passing = filter ? rows.filter((row) => (filter[row >> 3]! >> (row & 7)) & 1) : rows;
    if (by === undefined) return this.#documents(passing.subarray(0, limit));
    const { values } = index.column(by);
    const keys = Float64Array.from(passing, (row) => -values[row]! * ROW_KEYS + row);
    return this.#documents(Array.from(leastKeys(keys, limit), rowOfKey));
  }

  async findByWords(
    field: string,
    words: readonly string[],
    limit: number,
    options: WordsOptions,
  ): Promise<StoredRecord[]> {
    if (words.length === 0) return [];
    checkTime(options);
    return this.#mending(() => {
      const filter = this.#filter(options.filter);
      const text = this.#indexes().text(field);
      return this.#documents(text.rowsOfAll(words, options.typos ?? 0, limit, filter));
    });
  }

  async knownWords(field: string, words: readonly string[], options: TimeoutOptions): Promise<Set<string>> {
    checkTime(options);
    return this.#mending(() => {
      const text = this.#indexes().text(field);
      return new Set(words.filter((word) => text.has(word)));
    });
  }

  async *scan(field: string, from: number, to: number): AsyncGenerator<VectorRow[], void, undefined> {
    const rows = await this.#mending(() => this.#indexes().column(field).between(from, to));
    for (let start = 0; start < rows.length; start += SCAN_ROWS) {
      const part = rows.slice(start, start + SCAN_ROWS);
      const stored = this.#rows.vectors!.read(part);
      yield part.map((_, row) => ({ id: stored.idAt(row), vector: stored.vectorAt(row) }));
    }
  }

  async *documents(): AsyncGenerator<StoredRecord[], void, undefined> {
    for (let from = 0; from < this.#count; from += SCAN_ROWS)
      yield this.#rows.documents!.readRange(from, Math.min(this.#count, from + SCAN_ROWS));
  }

  async *blocks(size: number): AsyncGenerator<Block, void, undefined> {
    for (let [from, number] = [0, 0]; from < this.#count; from += size, number++) {
      const to = Math.min(this.#count, from + size);
      const block = { number, firstOrdinal: from, fields: this.#log.slice(this.#spec.fields, from, to) };
      if (this.#rows.documents) {
        const records = this.#rows.documents.readRange(from, to);
        yield { ...block, ids: records.map((r) => r.id), bodies: records.map((r) => r.body) };
      } else {
        const stored = this.#rows.vectors.readRange(from, to);
        const ids = Array.from({ length: to - from }, (_, row) => stored.idAt(row));
        yield { ...block, ids, vectors: stored.vectors(to - from) };
      }
    }
  }

  #documents(rows: ArrayLike<number>): StoredRecord[] {
    return this.#rows.documents!.read(rows).filter((record) => record !== undefined);
  }

  #filter(filter: Filter | undefined): Uint8Array | undefined {
    return filter && Object.keys(filter).length > 0 ? this.#indexes().filter(filter) : undefined;
  }

  #indexes(): FieldIndex {
    this.#fields ??= new FieldIndex(indexFolder(this.#store, this.#spec.name), this.#spec, this.#count);
    return this.#fields;
  }

  /** Reads by the indexes; where one of them is damaged or missing, all are made again once, and read again. */
  async #mending<T>(read: () => T | Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      const isRemoved = !existsSync(`${rowsPath(this.#store, this.#spec.name)}.blocks`);
      if (isRemoved || !isOfIndexes(this.#store, this.#spec.name, error)) throw error;
      this.#rebuilding ??= this.buildIndexes().finally(() => {
        this.#rebuilding = undefined;
      });
      await this.#rebuilding;
      return await read();
    }
  }

  #vectorFiles(folder: string): VectorFiles {
    const { name, dimension } = this.#spec;
    if (dimension === undefined)
      throw new TermduetError("incompatible", `${name} holds documents, not vectors`);
    const rows = rowsPath(this.#store, name);
    return {
      rows,
      codes: join(folder, CODES),
      dimension,
      count: this.#count,
    };
  }

  *#ids(): Generator<string> {
    const { documents } = this.#rows;
    if (!documents) return;
    for (let from = 0; from < this.#count; from += SCAN_ROWS)
      for (const { id } of documents.readRange(from, Math.min(this.#count, from + SCAN_ROWS))) yield id;
  }

  #forgetIndexes(): void {
    this.#fields?.[Symbol.dispose]();
    this.#index?.[Symbol.dispose]();
    this.#fields = undefined;
    this.#index = undefined;
  }
}

function requireSums(store: string, spec: CollectionSpec): void {
  for (const file of rowsFiles(store, spec.name, spec))
    if (existsSync(file) && !existsSync(sumsPath(file)))
      throw new DamagedFileError(sumsPath(file), "it is missing");
}

function rowOfKey(key: number): number {
  return ((key % ROW_KEYS) + ROW_KEYS) % ROW_KEYS;
}

/** What is late already is not begun. */
function checkTime({ timeoutMs }: TimeoutOptions): void {
  if (timeoutMs !== undefined && timeoutMs <= 0)
    throw new TermduetError("unavailable", "no time is left for the store; try again");
}
