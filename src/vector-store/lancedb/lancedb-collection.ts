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
    const count = queries.length / dimension;
    return Promise.all(
      Array.from({ length: count }, (_, i) =>
        this.#searchOne(queries.slice(i * dimension, (i + 1) * dimension), options),
      ),
    );
  }

  async score(query: Float32Array, refs: readonly RecordRef[]): Promise<(number | undefined)[]> {
    if (refs.length === 0) return [];
    const found = new Map<string, number>();
    const rows = await this.#table
      .takeOffsets(refs.map((ref) => ref.ordinal))
      .select(["id", "vector"])
      .toArrow();
    for (const hit of this.#scored(query, rows)) found.set(hit.id, hit.cosine);
    return refs.map((ref) => found.get(ref.id));
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

  async #searchOne(query: Float32Array, options: SearchOptions): Promise<SearchHit[]> {
    const where = whereOf(options.filter, this.#spec.fields);
    const plan = this.#indexed && !options.exact ? this.#plan : undefined;
    const wanted = plan ? plan.candidates(options.limit) : options.limit;
    let rowIds = await this.#candidates(query, wanted, where, plan);
    // A narrow filter can leave the probed partitions nearly empty; then few rows pass it, and all are compared.
    if (plan && where && rowIds.length < wanted)
      rowIds = await this.#candidates(query, options.limit, where, undefined);
    if (rowIds.length === 0) return [];
    const rows = await this.#table.takeRowIds(rowIds).select(["id", "ordinal", "vector"]).toArrow();
    return this.#scored(query, rows).sort(byCosine).slice(0, options.limit);
  }

  /** Row ids alone: fetching any column here costs more than the search itself. */
  async #candidates(
    query: Float32Array,
    limit: number,
    where: string | undefined,
    plan: IndexPlan | undefined,
  ): Promise<bigint[]> {
    let search = this.#table
      .query()
      .nearestTo(query)
      .distanceType("cosine")
      .limit(limit)
      .withRowId()
      .select(["_rowid", "_distance"]);
    search = plan ? search.nprobes(plan.probes) : search.bypassVectorIndex();
    if (where) search = search.where(where);
    const rows = await search.toArrow();
    return rows.numRows === 0 ? [] : Array.from(rows.getChild("_rowid")! as Iterable<bigint>);
  }

  #scored(query: Float32Array, rows: ArrowTable): SearchHit[] {
    if (rows.numRows === 0) return [];
    const ids = rows.getChild("id")!;
    const ordinals = rows.getChild("ordinal");
    const hits: SearchHit[] = [];
    eachVector(rows, (row, values, offset) => {
      hits.push({
        id: ids.get(row),
        ordinal: ordinals?.get(row) ?? -1,
        cosine: cosine(query, values, offset),
      });
    });
    return hits;
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
