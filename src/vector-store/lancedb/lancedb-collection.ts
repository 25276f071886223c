import { join } from "node:path";
import type { Connection, Table } from "@lancedb/lancedb";
import type { OnProgress } from "../../terminology/progress.ts";
import { TermduetError } from "../../terminology/termduet-error.ts";
import { blockTable, tableSchema } from "../arrow-blocks.ts";
import { checkBlock, queryRows } from "../check-vectors.ts";
import type { OpenCollection } from "../collections-store.ts";
import { byCosine } from "../exact-cosine.ts";
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
import { buildIndexes } from "./build-indexes.ts";
import { type CollectionRows, createRows, openRows, writeRows } from "./collection-rows.ts";
import { type IndexPlan, indexPlan } from "./index-plan.ts";
import { readJsonFile, writeJsonFile } from "./json-file.ts";
import { nearestRows } from "./nearest-rows.ts";
import { RowPlaces } from "./row-places.ts";
import { anyOf, prefixRange, whereOf } from "./sql.ts";
import { allWords } from "./words-query.ts";
import { writtenBlocks } from "./written-blocks.ts";

const SCAN_ROWS = 4096;
// One call of Lance costs some milliseconds for itself; what is read for so many queries is a few MB.
const QUERIES_PER_CALL = 32;

/**
 * One collection: a Lance table that finds (indexes and what they are made from), and files of rows that give what was
 * found. Both have their rows in the order of the ordinals.
 */
export class LanceDbCollection implements OpenCollection {
  readonly vectors = this;
  readonly found = this;
  readonly #table: Table;
  readonly #rows: CollectionRows;
  readonly #spec: CollectionSpec;
  #plan: IndexPlan | undefined;
  #indexed: boolean;
  #lastBlock: number | undefined;
  #places: Promise<RowPlaces> | undefined;

  private constructor(
    table: Table,
    rows: CollectionRows,
    spec: CollectionSpec,
    plan: IndexPlan | undefined,
    indexed: boolean,
  ) {
    this.#table = table;
    this.#rows = rows;
    this.#spec = spec;
    this.#plan = plan;
    this.#indexed = indexed;
  }

  static async create(connection: Connection, folder: string, spec: CollectionSpec): Promise<void> {
    const file = join(folder, "collections.json");
    writeJsonFile(file, { ...readJsonFile(file), [spec.name]: spec });
    createRows(folder, spec);
    await connection.createEmptyTable(spec.name, tableSchema(spec), { mode: "overwrite" });
  }

  static async open(connection: Connection, folder: string, name: string): Promise<LanceDbCollection> {
    const spec = readJsonFile(join(folder, "collections.json"))[name] as CollectionSpec | undefined;
    if (!spec)
      throw new TermduetError(
        "bad-input",
        `${folder}/collections.json does not describe ${name}; ingest it again`,
      );
    const table = await connection.openTable(name);
    const indexed = (await table.listIndices()).some((index) => index.columns.includes("vector"));
    const count = await table.countRows();
    return new LanceDbCollection(table, openRows(folder, spec, count), spec, indexPlan(count), indexed);
  }

  close(): void {
    (this.#rows.vectors ?? this.#rows.documents)[Symbol.dispose]();
    this.#table.close();
  }

  async writeBlock(block: Block): Promise<void> {
    checkBlock(this.#spec, block);
    this.#places = undefined;
    this.#lastBlock ??= await this.#maxBlock();
    // What a crash left of this block, and what came after, goes first: rows must lie in the order of their ordinals.
    if (block.number <= this.#lastBlock) await this.#table.delete(`block >= ${block.number}`);
    writeRows(this.#rows, block);
    if (block.ids.length > 0) await this.#table.add(blockTable(tableSchema(this.#spec), block));
    this.#lastBlock = block.number;
  }

  async buildIndexes(onProgress?: OnProgress): Promise<void> {
    const count = await this.#table.countRows();
    this.#plan = indexPlan(count);
    this.#places = undefined;
    if (count === 0) return;
    const stage = `index ${this.#spec.name}`;
    await buildIndexes(this.#table, this.#spec, this.#plan, (done, total) =>
      onProgress?.({ stage, done, total, unit: "indexes" }),
    );
    this.#indexed = this.#spec.dimension !== undefined && this.#plan !== undefined;
  }

  count(filter?: Filter): Promise<number> {
    return this.#table.countRows(whereOf(filter, this.#spec.fields));
  }

  async search(queries: Float32Array, options: SearchOptions): Promise<SearchHit[][]> {
    const vectors = queryRows(this.#spec, queries);
    const hits: SearchHit[][] = [];
    for (let start = 0; start < vectors.length; start += QUERIES_PER_CALL)
      hits.push(...(await this.#searchSome(vectors.slice(start, start + QUERIES_PER_CALL), options)));
    return hits;
  }

  async scoreEach(
    queries: Float32Array,
    places: readonly (readonly RecordPosition[])[],
  ): Promise<(number | undefined)[][]> {
    const vectors = queryRows(this.#spec, queries);
    return places.map((list, i) => {
      const stored = this.#rows.vectors!.read(list.map(({ ordinal }) => ordinal));
      return list.map((_, row) => (stored.idAt(row) === "" ? undefined : stored.cosineAt(row, vectors[i]!)));
    });
  }

  async fetch(places: readonly RecordPosition[]): Promise<(StoredRecord | undefined)[]> {
    return this.#rows.documents!.read(places.map(({ ordinal }) => ordinal));
  }

  async find(field: string, values: readonly string[], limit: number): Promise<StoredRecord[]> {
    if (values.length === 0) return [];
    const where = anyOf(field, this.#spec.fields[field] ?? "keyword", values);
    const found = await this.#table.query().where(where).withRowId().select(["_rowid"]).toArrow();
    const ordinals = await this.#ordinalsOf(found.getChild("_rowid"));
    return this.#documents(ordinals.sort((a, b) => a - b).slice(0, limit));
  }

  async findByPrefix(
    field: string,
    prefix: string,
    limit: number,
    options: PrefixOptions,
  ): Promise<StoredRecord[]> {
    const filter = whereOf(options.filter, this.#spec.fields);
    const range = prefixRange(field, prefix);
    const { by } = options;
    const rows = await this.#table
      .query()
      .where(filter === undefined ? range : `${range} AND ${filter}`)
      .orderBy([
        by === undefined ? { columnName: field } : { columnName: by, ascending: false },
        { columnName: "ordinal" },
      ])
      .select([by ?? field, "ordinal"])
      .limit(limit)
      .toArrow(execution(options));
    if (rows.numRows === 0) return [];
    return this.#documents(Array.from(rows.getChild("ordinal")! as Iterable<number>));
  }

  async findByWords(
    field: string,
    words: readonly string[],
    limit: number,
    { typos = 0, filter, ...patience }: WordsOptions,
  ): Promise<StoredRecord[]> {
    if (words.length === 0) return [];
    let query = this.#table
      .query()
      .fullTextSearch(allWords(field, words, typos))
      .withRowId()
      .select(["_rowid", "_score"])
      .limit(limit);
    const where = whereOf(filter, this.#spec.fields);
    if (where !== undefined) query = query.where(where);
    const found = await query.toArrow(execution(patience));
    const ordinals = await this.#ordinalsOf(found.getChild("_rowid"));
    const scores = Array.from((found.getChild("_score") ?? []) as Iterable<number>);
    const order = ordinals.map((ordinal, i) => ({ ordinal, score: scores[i]! }));
    order.sort((a, b) => b.score - a.score || a.ordinal - b.ordinal);
    return this.#documents(order.map(({ ordinal }) => ordinal));
  }

  async knownWords(field: string, words: readonly string[], patience: TimeoutOptions): Promise<Set<string>> {
    const found = await Promise.all(words.map((word) => this.findByWords(field, [word], 1, patience)));
    return new Set(words.filter((_, i) => found[i]!.length > 0));
  }

  async *scan(field: string, from: number, to: number): AsyncGenerator<VectorRow[], void, undefined> {
    const where = `${field} >= ${from} AND ${field} < ${to}`;
    for await (const batch of this.#table.query().where(where).select(["ordinal"])) {
      const ordinals = Array.from((batch.getChild("ordinal") ?? []) as Iterable<number>);
      for (let start = 0; start < ordinals.length; start += SCAN_ROWS) {
        const part = ordinals.slice(start, start + SCAN_ROWS);
        const rows = this.#rows.vectors!.read(part);
        yield part.map((_, row) => ({ id: rows.idAt(row), vector: rows.vectorAt(row) }));
      }
    }
  }

  async *documents(): AsyncGenerator<StoredRecord[], void, undefined> {
    const count = await this.#table.countRows();
    for (let from = 0; from < count; from += SCAN_ROWS)
      yield this.#rows.documents!.readRange(from, Math.min(count, from + SCAN_ROWS));
  }

  blocks(size: number): AsyncGenerator<Block, void, undefined> {
    return writtenBlocks(this.#table, this.#rows, this.#spec, size);
  }

  async #searchSome(queries: readonly Float32Array[], options: SearchOptions): Promise<SearchHit[][]> {
    const where = whereOf(options.filter, this.#spec.fields);
    const plan = this.#indexed && !options.exact ? this.#plan : undefined;
    const wanted = plan ? plan.candidates(options.limit) : options.limit;
    const rowIds = await nearestRows(this.#table, queries, wanted, where, plan, execution(options));
    if (plan && where) {
      // A narrow filter can leave the probed partitions nearly empty; then few rows pass it, and all are compared.
      const few = rowIds.flatMap((ids, i) => (ids.length < wanted ? [i] : []));
      const asked = few.map((i) => queries[i]!);
      const all = await nearestRows(this.#table, asked, options.limit, where, undefined, execution(options));
      for (const [n, i] of few.entries()) rowIds[i] = all[n]!;
    }
    const places = await this.#rowPlaces();
    return queries.map((query, i) => {
      const ordinals = rowIds[i]!.map((rowId) => places.numberOf(rowId));
      return this.#hits(query, ordinals, options.limit);
    });
  }

  /** The nearest of the rows by their exact cosines. */
  #hits(query: Float32Array, ordinals: readonly number[], limit: number): SearchHit[] {
    const stored = this.#rows.vectors!.read(ordinals);
    const all = ordinals.map((ordinal, row) => ({ ordinal, cosine: stored.cosineAt(row, query) }));
    return all.sort(byCosine).slice(0, limit);
  }

  #documents(ordinals: readonly number[]): StoredRecord[] {
    return this.#rows.documents!.read(ordinals).filter((record) => record !== undefined);
  }

  async #ordinalsOf(rowIds: Iterable<bigint> | null): Promise<number[]> {
    const places = await this.#rowPlaces();
    return Array.from(rowIds ?? [], (rowId) => places.numberOf(rowId));
  }

  #rowPlaces(): Promise<RowPlaces> {
    if (!this.#places) {
      const places = RowPlaces.of(this.#table);
      this.#places = places;
      places.catch(() => {
        this.#places = undefined;
      });
    }
    return this.#places;
  }

  async #maxBlock(): Promise<number> {
    const rows = await this.#table.query().select(["block"]).toArrow();
    let last = -1;
    for (const data of rows.getChild("block")?.data ?? [])
      for (const value of data.values as Int32Array) last = Math.max(last, value);
    return last;
  }
}

/** Lance looks at its timeout between batches alone, so what is late already is not begun. */
function execution({ timeoutMs }: TimeoutOptions): { timeoutMs?: number } {
  if (timeoutMs === undefined) return {};
  if (timeoutMs <= 0) throw new TermduetError("unavailable", "no time is left for the store; try again");
  return { timeoutMs: Math.ceil(timeoutMs) };
}
