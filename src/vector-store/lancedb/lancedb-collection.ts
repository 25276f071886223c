import { join } from "node:path";
import { type Connection, Index, type Table } from "@lancedb/lancedb";
import type { Table as ArrowTable } from "apache-arrow";
import type { OnProgress } from "../../terminology/progress.ts";
import { TermduetError } from "../../terminology/termduet-error.ts";
import { byCosine, cosine } from "../exact-cosine.ts";
import type {
  Block,
  CollectionSpec,
  FieldKind,
  Filter,
  RecordRef,
  SearchHit,
  SearchOptions,
  StoredRecord,
  VectorRow,
} from "../vector-store.ts";
import { blockTable, eachVector, tableSchema } from "./arrow-blocks.ts";
import { type IndexPlan, indexPlan, vectorIndex } from "./index-plan.ts";
import { readJsonFile, writeJsonFile } from "./json-file.ts";
import { afterPrefix, anyOf, literal, whereOf } from "./sql.ts";

const SCAN_ROWS = 4096;
// One call of Lance costs some eight milliseconds for itself; what is read for so many queries is a few MB.
const QUERIES_PER_CALL = 32;
const INDEX_WAIT_SECONDS = 24 * 3600;

/** One Lance table. Rows lie in the order of their ordinals, so a row is found by its place, without an index. */
export class LanceDbCollection {
  readonly #table: Table;
  readonly #spec: CollectionSpec;
  #plan: IndexPlan | undefined;
  #indexed: boolean;
  #lastBlock: number | undefined;

  private constructor(table: Table, spec: CollectionSpec, plan: IndexPlan | undefined, indexed: boolean) {
    this.#table = table;
    this.#spec = spec;
    this.#plan = plan;
    this.#indexed = indexed;
  }

  static async create(connection: Connection, folder: string, spec: CollectionSpec): Promise<void> {
    const file = join(folder, "collections.json");
    writeJsonFile(file, { ...readJsonFile(file), [spec.name]: spec });
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
    return new LanceDbCollection(table, spec, indexPlan(await table.countRows()), indexed);
  }

  close(): void {
    this.#table.close();
  }

  async writeBlock(block: Block): Promise<void> {
    const { dimension, name } = this.#spec;
    if (dimension !== undefined && block.vectors?.length !== dimension * block.ids.length) {
      throw new TermduetError(
        "incompatible",
        `${name} holds vectors of ${dimension}; the block's are of another length`,
      );
    }
    this.#lastBlock ??= await this.#maxBlock();
    // What a crash left of this block, and what came after, goes first: rows must lie in the order of their ordinals.
    if (block.number <= this.#lastBlock) await this.#table.delete(`block >= ${block.number}`);
    if (block.ids.length > 0) await this.#table.add(blockTable(tableSchema(this.#spec), block));
    this.#lastBlock = block.number;
  }

  async buildIndexes(onProgress?: OnProgress): Promise<void> {
    const rows = await this.#table.countRows();
    const vectors = this.#spec.dimension !== undefined;
    // Unsorted lookups by id are for documents; vectors are found by their row.
    const kinds = Object.entries<FieldKind>({ ...(vectors ? {} : { id: "keyword" }), ...this.#spec.fields });
    const total = kinds.length + (vectors ? 1 : 0);
    const report = (done: number) =>
      onProgress?.({ stage: `index ${this.#spec.name}`, done, total, unit: "indexes" });
    report(0);
    let done = 0;
    for (const [field, kind] of kinds) {
      const config = kind === "keywords" ? Index.labelList() : Index.btree();
      if (rows > 0) await this.#table.createIndex(field, { config, replace: true });
      report(++done);
    }
    this.#plan = indexPlan(rows);
    if (vectors && this.#plan) {
      const config = vectorIndex(this.#plan);
      await this.#table.createIndex("vector", {
        config,
        replace: true,
        waitTimeoutSeconds: INDEX_WAIT_SECONDS,
      });
      this.#indexed = true;
    }
    if (vectors) report(++done);
  }

  count(filter?: Filter): Promise<number> {
    return this.#table.countRows(whereOf(filter, this.#spec.fields));
  }

  async search(queries: Float32Array, options: SearchOptions): Promise<SearchHit[][]> {
    const dimension = this.#spec.dimension!;
    if (queries.length % dimension !== 0) {
      throw new TermduetError(
        "incompatible",
        `${this.#spec.name} holds vectors of ${dimension}, not of the query's length`,
      );
    }
    const vectors = rowsOf(queries, dimension);
    const hits: SearchHit[][] = [];
    for (let start = 0; start < vectors.length; start += QUERIES_PER_CALL)
      hits.push(...(await this.#searchSome(vectors.slice(start, start + QUERIES_PER_CALL), options)));
    return hits;
  }

  async scoreEach(
    queries: Float32Array,
    refs: readonly (readonly RecordRef[])[],
  ): Promise<(number | undefined)[][]> {
    const vectors = rowsOf(queries, this.#spec.dimension!);
    const scores: (number | undefined)[][] = [];
    for (let start = 0; start < vectors.length; start += QUERIES_PER_CALL) {
      const part = refs.slice(start, start + QUERIES_PER_CALL);
      const offsets = new Set(part.flatMap((list) => list.map((ref) => ref.ordinal)));
      const stored = await this.#vectorsAt([...offsets]);
      for (const [i, list] of part.entries())
        scores.push(list.map(({ id }) => stored.get(id)?.cosine(vectors[start + i]!)));
    }
    return scores;
  }

  async fetch(refs: readonly RecordRef[]): Promise<(StoredRecord | undefined)[]> {
    if (refs.length === 0) return [];
    const rows = await this.#table
      .takeOffsets(refs.map((ref) => ref.ordinal))
      .select(["id", "ordinal", "body"])
      .toArrow();
    const found = new Map(this.#records(rows).map((record) => [record.id, record]));
    return refs.map((ref) => found.get(ref.id));
  }

  async find(field: string, values: readonly string[], limit: number): Promise<StoredRecord[]> {
    if (values.length === 0) return [];
    const where = anyOf(field, this.#spec.fields[field] ?? "keyword", values);
    const rows = await this.#table.query().where(where).select(["id", "ordinal", "body"]).toArrow();
    return this.#records(rows)
      .sort((a, b) => a.ordinal - b.ordinal)
      .slice(0, limit);
  }

  async findByPrefix(field: string, prefix: string, limit: number): Promise<StoredRecord[]> {
    const end = afterPrefix(prefix);
    const where =
      end === undefined
        ? `${field} >= ${literal(prefix)}`
        : `${field} >= ${literal(prefix)} AND ${field} < ${literal(end)}`;
    // Ordered by the keyword alone first: a short prefix has a hundred thousand bodies, and few of them are wanted.
    const rows = await this.#table
      .query()
      .where(where)
      .orderBy([{ columnName: field }, { columnName: "ordinal" }])
      .select([field, "ordinal"])
      .limit(limit)
      .toArrow();
    if (rows.numRows === 0) return [];
    const ordinals = Array.from(rows.getChild("ordinal")! as Iterable<number>);
    const found = await this.#table.takeOffsets(ordinals).select(["id", "ordinal", "body"]).toArrow();
    const records = new Map(this.#records(found).map((record) => [record.ordinal, record]));
    return ordinals.map((ordinal) => records.get(ordinal)!);
  }

  async *scan(field: string, from: number, to: number): AsyncGenerator<VectorRow[], void, undefined> {
    const query = this.#table
      .query()
      .where(`${field} >= ${from} AND ${field} < ${to}`)
      .select(["id", "vector"]);
    const dimension = this.#spec.dimension!;
    for await (const batch of query) {
      const rows: VectorRow[] = [];
      const ids = batch.getChild("id")!;
      eachVector(batch, (row, values, offset) =>
        rows.push({ id: ids.get(row), vector: values.slice(offset, offset + dimension) }),
      );
      for (let start = 0; start < rows.length; start += SCAN_ROWS) yield rows.slice(start, start + SCAN_ROWS);
    }
  }

  async *documents(): AsyncGenerator<StoredRecord[], void, undefined> {
    for await (const batch of this.#table.query().select(["id", "ordinal", "body"])) {
      const rows = this.#records(batch);
      for (let start = 0; start < rows.length; start += SCAN_ROWS) yield rows.slice(start, start + SCAN_ROWS);
    }
  }

  async #searchSome(queries: readonly Float32Array[], options: SearchOptions): Promise<SearchHit[][]> {
    const where = whereOf(options.filter, this.#spec.fields);
    const plan = this.#indexed && !options.exact ? this.#plan : undefined;
    const wanted = plan ? plan.candidates(options.limit) : options.limit;
    const rowIds = await this.#candidates(queries, wanted, where, plan);
    if (plan && where) {
      // A narrow filter can leave the probed partitions nearly empty; then few rows pass it, and all are compared.
      const few = rowIds.flatMap((ids, i) => (ids.length < wanted ? [i] : []));
      const all = await this.#candidates(
        few.map((i) => queries[i]!),
        options.limit,
        where,
        undefined,
      );
      for (const [n, i] of few.entries()) rowIds[i] = all[n]!;
    }
    const union = [...new Set(rowIds.flat())];
    if (union.length === 0) return rowIds.map(() => []);
    const rows = await this.#table
      .takeRowIds(union)
      .withRowId()
      .select(["_rowid", "id", "ordinal", "vector"])
      .toArrow();
    const stored = storedVectors(rows);
    const byRowId = new Map<bigint, StoredVector>();
    for (const [row, rowId] of Array.from(rows.getChild("_rowid")! as Iterable<bigint>).entries())
      byRowId.set(rowId, stored[row]!);
    return queries.map((query, i) => {
      const found = rowIds[i]!.map((rowId) => byRowId.get(rowId)!);
      const hits = found.map(({ id, ordinal, cosine: to }) => ({ id, ordinal, cosine: to(query) }));
      return hits.sort(byCosine).slice(0, options.limit);
    });
  }

  /** Row ids alone, a list per query: fetching any column here costs more than the search itself. */
  async #candidates(
    queries: readonly Float32Array[],
    limit: number,
    where: string | undefined,
    plan: IndexPlan | undefined,
  ): Promise<bigint[][]> {
    const found: bigint[][] = queries.map(() => []);
    if (queries.length === 0) return found;
    let search = this.#table.query().nearestTo(queries[0]!);
    for (const query of queries.slice(1)) search = search.addQueryVector(query);
    search = search
      .distanceType("cosine")
      .limit(limit)
      .withRowId()
      .select(["_rowid", "_distance", ...(queries.length > 1 ? ["query_index"] : [])]);
    search = plan ? search.nprobes(plan.probes) : search.bypassVectorIndex();
    if (where) search = search.where(where);
    const rows = await search.toArrow();
    if (rows.numRows === 0) return found;
    const indexes = rows.getChild("query_index");
    for (const [row, id] of Array.from(rows.getChild("_rowid")! as Iterable<bigint>).entries())
      found[indexes ? Number(indexes.get(row)) : 0]!.push(id);
    return found;
  }

  async #vectorsAt(offsets: number[]): Promise<Map<string, StoredVector>> {
    if (offsets.length === 0) return new Map();
    const rows = await this.#table.takeOffsets(offsets).select(["id", "vector"]).toArrow();
    return new Map(storedVectors(rows).map((vector) => [vector.id, vector]));
  }

  #records(rows: Pick<ArrowTable, "getChild" | "numRows">): StoredRecord[] {
    if (rows.numRows === 0) return [];
    const [ids, ordinals, bodies] = [rows.getChild("id")!, rows.getChild("ordinal")!, rows.getChild("body")!];
    return Array.from({ length: rows.numRows }, (_, i) => ({
      id: ids.get(i),
      ordinal: ordinals.get(i),
      body: bodies.get(i),
    }));
  }

  async #maxBlock(): Promise<number> {
    const rows = await this.#table.query().select(["block"]).toArrow();
    let last = -1;
    for (const data of rows.getChild("block")?.data ?? [])
      for (const value of data.values as Int32Array) last = Math.max(last, value);
    return last;
  }
}

interface StoredVector extends RecordRef {
  cosine: (query: Float32Array) => number;
}

function storedVectors(rows: ArrowTable): StoredVector[] {
  if (rows.numRows === 0) return [];
  const ids = rows.getChild("id")!;
  const ordinals = rows.getChild("ordinal");
  const stored: StoredVector[] = [];
  eachVector(rows, (row, values, offset) => {
    stored.push({
      id: ids.get(row),
      ordinal: ordinals?.get(row) ?? -1,
      cosine: (query) => cosine(query, values, offset),
    });
  });
  return stored;
}

function rowsOf(vectors: Float32Array, dimension: number): Float32Array[] {
  return Array.from({ length: vectors.length / dimension }, (_, i) =>
    vectors.slice(i * dimension, (i + 1) * dimension),
  );
}
