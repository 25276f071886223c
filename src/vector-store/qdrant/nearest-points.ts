import { queryRows } from "../check-vectors.ts";
import { byCosine } from "../exact-cosine.ts";
import type { CollectionSpec, RecordPosition, SearchHit, SearchOptions } from "../vector-store.ts";
import { OVERSAMPLING, type Quantization } from "./index-plan.ts";
import { type Condition, conditionsOf, must, passesNothing } from "./payload.ts";
import type { QdrantClient } from "./qdrant-client.ts";

interface ScoredPoint {
  id: number;
  score: number;
}

interface Query {
  query: number[];
  limit: number;
  filter?: { must: readonly Condition[] };
  params: object;
}

// Variants of one text have one vector: so many more are asked for, that equals at the end are told apart by their places.
const SPARE = 4;
const MAX_SPARE = 4096;
const QUERIES_PER_CALL = 64;
// The graph of those that pass may fall apart, or lie elsewhere: it is walked over the others too, which finds more with less breadth.
const ACORN = { enable: true, max_selectivity: 1 };
const NARROWER = 0.4;
const LONG = 50;

/**
 * Neighbours and cosines from a collection of vectors. The vectors are of unit length and compared by dot product, which the
 * server computes from the float32 originals for all that it returns: codes choose candidates and no more.
 */
export class NearestPoints {
  readonly #client: QdrantClient;
  readonly #spec: CollectionSpec;
  readonly #quantization: Quantization;
  readonly #ef: number;

  constructor(client: QdrantClient, spec: CollectionSpec, quantization: Quantization, ef: number) {
    this.#client = client;
    this.#spec = spec;
    this.#quantization = quantization;
    this.#ef = ef;
  }

  async search(
    queries: Float32Array,
    { limit, filter, exact = false, timeoutMs }: SearchOptions,
  ): Promise<SearchHit[][]> {
    const rows = queryRows(this.#spec, queries).map((row) => Array.from(row));
    if (passesNothing(filter)) return rows.map(() => []);
    const conditions = conditionsOf(filter);
    const params = exact ? { exact: true } : this.#paramsOf(limit, conditions.length > 0);
    const hits: SearchHit[][] = rows.map(() => []);
    let open = [...rows.keys()];
    for (let spare = SPARE; open.length > 0; spare *= 8) {
      const wanted = limit + spare;
      const answers = await this.#ask(
        open.map((i) => ({ query: rows[i]!, limit: wanted, params, ...must(conditions) })),
        timeoutMs,
      );
      for (const [n, i] of open.entries()) hits[i] = answers[n]!.map(hitOf).sort(byCosine);
      open = open.filter((i) => {
        const list = hits[i]!;
        const tied = list.length === wanted && list.at(-1)!.cosine === list[limit - 1]!.cosine;
        return tied && spare < MAX_SPARE;
      });
    }
    return hits.map((list) => list.slice(0, limit));
  }

  async scoreEach(
    queries: Float32Array,
    places: readonly (readonly RecordPosition[])[],
  ): Promise<(number | undefined)[][]> {
    const rows = queryRows(this.#spec, queries).map((row) => Array.from(row));
    const asked = places.flatMap((list, i) => (list.length > 0 ? [i] : []));
    const answers = await this.#ask(
      asked.map((i) => {
        const conditions = [{ has_id: places[i]!.map(({ ordinal }) => ordinal) }];
        return { query: rows[i]!, limit: places[i]!.length, params: { exact: true }, ...must(conditions) };
      }),
    );
    const scores: (number | undefined)[][] = places.map(() => []);
    for (const [n, i] of asked.entries()) {
      const found = new Map(answers[n]!.map((point) => [point.id, point.score]));
      scores[i] = places[i]!.map(({ ordinal }) => found.get(ordinal));
    }
    return scores;
  }

  #paramsOf(limit: number, isFiltered: boolean): object {
    const most = OVERSAMPLING[this.#quantization];
    const oversampling = limit >= LONG ? Math.max(1, most / 2) : most;
    return {
      hnsw_ef: isFiltered ? Math.ceil(NARROWER * this.#ef) : this.#ef,
      ...(this.#quantization === "none" ? {} : { quantization: { rescore: true, oversampling } }),
      ...(isFiltered ? { acorn: ACORN } : {}),
    };
  }

  /** Nothing is read of the payloads: for one small field the server reads them whole, every label of a string. */
  async #ask(queries: readonly Query[], timeoutMs?: number): Promise<ScoredPoint[][]> {
    const { name } = this.#spec;
    const answers: ScoredPoint[][] = [];
    for (let start = 0; start < queries.length; start += QUERIES_PER_CALL) {
      const searches = queries
        .slice(start, start + QUERIES_PER_CALL)
        .map((q) => ({ ...q, with_payload: false }));
      const found = await this.#client.call<{ points: ScoredPoint[] }[]>({
        method: "POST",
        path: `/collections/${name}/points/query/batch`,
        body: { searches },
        doing: `searching ${name}`,
        timeoutMs,
      });
      answers.push(...found.map(({ points }) => points));
    }
    return answers;
  }
}

function hitOf({ id, score }: ScoredPoint): SearchHit {
  return { ordinal: id, cosine: score };
}
