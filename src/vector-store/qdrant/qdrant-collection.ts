import type { OnProgress } from "../../terminology/progress.ts";
import { TermduetError } from "../../terminology/termduet-error.ts";
import { checkBlock } from "../check-vectors.ts";
import type { OpenCollection } from "../collections-store.ts";
import type { Block, CollectionSpec, FieldValue, Filter, VectorRow, WriteOptions } from "../vector-store.ts";
import { isVariant, WordVariants } from "../word-variants.ts";
import { dimensionOf, ofCopy, onceLoaded, vectorParams, whileLoading } from "./collection-params.ts";
import { countPoints } from "./count-points.ts";
import { FoundDocuments } from "./found-documents.ts";
import { indexPlan, quantizationConfig, quantizationOf } from "./index-plan.ts";
import { NearestPoints } from "./nearest-points.ts";
import { OrderedPoints, type Point } from "./ordered-points.ts";
import { conditionsOf, type Payload, passesNothing, payloadIndexes, specOf } from "./payload.ts";
import type { QdrantClient } from "./qdrant-client.ts";
import type { ServerRecords } from "./server-records.ts";
import { type CollectionInfo, collectionInfo, untilGreen, untilReady } from "./settled-collection.ts";
import type { StoreSettings } from "./store-settings.ts";
import { deletePoints, uploadBlock } from "./upload-block.ts";
import { checkProbe, PROBE, probeOf } from "./vector-probe.ts";

const SCAN_BYTES = 4_000_000;
const BYTES_PER_FLOAT = 12;
const ROWS_DROPPED_AT_ONCE = 10_000;
const WORDS_PAGE = 4096;
const WORDS_PER_RECORD = 20_000;

/** One collection on the server. A point's id is its key or row number, so that the order of ids is that of the records. */
export class QdrantCollection implements OpenCollection {
  readonly #client: QdrantClient;
  readonly #records: ServerRecords;
  readonly #settings: StoreSettings;
  readonly #spec: CollectionSpec;
  readonly #points: OrderedPoints;
  readonly found: FoundDocuments;
  #vectors: NearestPoints | undefined;
  #variants: Promise<WordVariants> | undefined;
  /** Row after the last one written by this process; before it wrote any, that is not known. */
  #end: number | undefined;

  private constructor(
    client: QdrantClient,
    records: ServerRecords,
    settings: StoreSettings,
    spec: CollectionSpec,
  ) {
    this.#client = client;
    this.#records = records;
    this.#settings = settings;
    this.#spec = spec;
    this.#points = new OrderedPoints(client, spec.name);
    this.found = new FoundDocuments(client, spec, () => this.#wordVariants());
  }

  /**
   * Makes a collection for loading: its indexes of payloads are there, that of its vectors waits for `finish`. One that is to
   * hold a copy of `source` begins with its settings, and lets its segments be.
   */
  static async create(
    client: QdrantClient,
    spec: CollectionSpec,
    settings: StoreSettings,
    source?: CollectionInfo,
  ): Promise<void> {
    const { dimension, name } = spec;
    const { shards, replicas, consistency } = settings;
    const body = {
      vectors: vectorParams(dimension, settings),
      ...(shards === undefined ? {} : { shard_number: shards }),
      replication_factor: replicas,
      write_consistency_factor: consistency ?? Math.ceil(replicas / 2),
      on_disk_payload: true,
      ...(source ? ofCopy(source, dimension, settings) : { optimizers_config: whileLoading(dimension) }),
    };
    const doing = `creating ${name}`;
    try {
      await client.call({ method: "PUT", path: `/collections/${name}`, body, doing, writes: true });
    } catch (error) {
      if (!(error instanceof TermduetError && error.code === "conflict")) throw error; // a retry, or another writer
    }
    const path = `/collections/${name}/index?wait=true`;
    const indexes = Object.entries(payloadIndexes(spec)).map(([field_name, field_schema]) =>
      client.call({ method: "PUT", path, body: { field_name, field_schema }, doing, writes: true }),
    );
    await Promise.all(indexes);
  }

  static async open(
    client: QdrantClient,
    records: ServerRecords,
    name: string,
    settings: StoreSettings,
  ): Promise<QdrantCollection> {
    const { config, payload_schema } = await collectionInfo(client, name);
    const spec = specOf(name, dimensionOf(config.params.vectors), payload_schema);
    const collection = new QdrantCollection(client, records, settings, spec);
    collection.#ask(config.quantization_config);
    return collection;
  }

  static async forgetWords(records: ServerRecords, name: string): Promise<void> {
    const known = await records.all(wordsKind(name));
    if (known.size > 0) await records.delete(wordsKind(name), [...known.keys()]);
  }

  get spec(): CollectionSpec {
    return this.#spec;
  }

  /** Errors: `incompatible` for a collection without vectors. */
  get vectors(): NearestPoints {
    if (this.#vectors) return this.#vectors;
    throw new TermduetError("incompatible", `${this.#spec.name} holds documents, not vectors`);
  }

  async writeBlock(block: Block, { besideOthers = false }: WriteOptions): Promise<void> {
    checkBlock(this.#spec, block);
    await untilReady(this.#client, this.#spec.name);
    if (!besideOthers && this.#end !== block.firstOrdinal)
      await this.#dropFrom(block.keys?.from ?? block.firstOrdinal);
    this.#end = undefined;
    await uploadBlock(this.#client, this.#spec, block);
    this.#end = block.firstOrdinal + block.ids.length;
  }

  async finish(onProgress?: OnProgress): Promise<void> {
    const { name, dimension } = this.#spec;
    const settings = this.#settings;
    const count = await this.count();
    const optimizers_config = onceLoaded(dimension, settings);
    let body: object = { optimizers_config };
    if (dimension !== undefined) {
      const { quantization } = indexPlan(count, dimension, settings);
      body = { optimizers_config, quantization_config: quantizationConfig(quantization) };
    }
    await this.#change(body, `indexing ${name}`);
    await untilGreen(this.#client, name, onProgress);
    this.#ask((await collectionInfo(this.#client, name)).config.quantization_config);
    await this.#rememberWords();
  }

  async count(filter?: Filter): Promise<number> {
    if (passesNothing(filter)) return 0;
    return countPoints(this.#client, this.#spec.name, conditionsOf(filter));
  }

  async *scan(field: string, from: number, to: number): AsyncGenerator<VectorRow[], void, undefined> {
    const conditions = [{ key: field, range: { gte: from, lt: to } }];
    const page = pageOf(this.#spec.dimension ?? 1);
    const options = { conditions, payload: ["id", PROBE], vectors: true };
    for await (const points of this.#points.byRow<{ id: string; probe?: number }>(options, page))
      yield points.map(({ id, payload, vector }) => {
        checkProbe(this.#spec.name, id, probeOf(vector!), payload.probe);
        return { id: payload.id, vector: Float32Array.from(vector!) };
      });
  }

  async *blocks(size: number): AsyncGenerator<Block, void, undefined> {
    const { dimension, fields: kinds } = this.#spec;
    const names = Object.keys(kinds);
    const payload = ["id", "body", PROBE, ...names];
    const options = { conditions: [], payload, vectors: dimension !== undefined };
    const page = Math.min(size, dimension === undefined ? WORDS_PAGE : pageOf(dimension));
    const points: Point<Payload>[] = [];
    let [number, firstOrdinal] = [0, 0];
    const block = (): Block => {
      const rows = points.splice(0, size);
      for (const { id, payload, vector } of rows)
        if (vector && dimension !== undefined)
          checkProbe(this.#spec.name, id, probeOf(vector), payload[PROBE] as number | undefined);
      const values = (key: string): FieldValue[] => rows.map(({ payload }) => payload[key]!);
      firstOrdinal += rows.length;
      return {
        number: number++,
        firstOrdinal: firstOrdinal - rows.length,
        ids: values("id") as string[],
        fields: Object.fromEntries(names.map((name) => [name, values(name)])),
        ...(dimension === undefined
          ? { bodies: values("body") as string[] }
          : { vectors: Float32Array.from(rows.flatMap(({ vector }) => vector!)) }),
      };
    };
    for await (const more of this.#points.byRow<Payload>(options, page)) {
      points.push(...more);
      while (points.length >= size) yield block();
    }
    if (points.length > 0) yield block();
  }

  #ask(quantization: object | null | undefined): void {
    if (this.#spec.dimension === undefined) return;
    const { ef } = this.#settings;
    this.#vectors = new NearestPoints(this.#client, this.#spec, quantizationOf(quantization), ef);
  }

  async #change(body: object, doing: string): Promise<void> {
    const path = `/collections/${this.#spec.name}`;
    await this.#client.call({ method: "PATCH", path, body, doing, writes: true });
  }

  /** What a crash left of a block, and what came after it, goes before it is written again. */
  async #dropFrom(ordinal: number): Promise<void> {
    const options = { conditions: [], payload: [] };
    for await (const points of this.#points.byRow(options, ROWS_DROPPED_AT_ONCE, ordinal))
      await deletePoints(
        this.#client,
        this.#spec.name,
        points.map((point) => point.id),
      );
  }

  /** The words of all texts, for the misspelt: read once from the server and kept there. */
  async #rememberWords(): Promise<void> {
    const texts = Object.keys(this.#spec.fields).filter((field) => this.#spec.fields[field] === "text");
    if (texts.length === 0) return;
    const words = new Set<string>();
    const options = { conditions: [], payload: texts };
    for await (const points of this.#points.byRow<Record<string, string>>(options, WORDS_PAGE))
      for (const { payload } of points)
        for (const field of texts)
          for (const word of payload[field]!.split(/\s+/u)) if (isVariant(word)) words.add(word);
    const kind = wordsKind(this.#spec.name);
    await QdrantCollection.forgetWords(this.#records, this.#spec.name);
    const sorted = [...words].sort();
    for (let start = 0; start < sorted.length; start += WORDS_PER_RECORD)
      await this.#records.put(kind, `${kind}/${start}`, sorted.slice(start, start + WORDS_PER_RECORD));
    this.#variants = undefined;
  }

  #wordVariants(): Promise<WordVariants> {
    this.#variants ??= this.#records
      .all(wordsKind(this.#spec.name))
      .then((records) => new WordVariants([...records.values()].flatMap((list) => list as string[])));
    this.#variants.catch(() => {
      this.#variants = undefined;
    });
    return this.#variants;
  }
}

/** Vectors that make an answer of a good size. */
function pageOf(dimension: number): number {
  return Math.max(1, Math.floor(SCAN_BYTES / (dimension * BYTES_PER_FLOAT)));
}

function wordsKind(collection: string): string {
  return `words/${collection}`;
}
