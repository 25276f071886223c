import type { TimeoutOptions } from "../vector-store.ts";
import { type Condition, must } from "./payload.ts";
import type { QdrantClient } from "./qdrant-client.ts";

export interface Point<P = Record<string, unknown>> {
  id: number;
  payload: P;
  vector?: number[];
}

export interface ScrollOptions extends TimeoutOptions {
  conditions: readonly Condition[];
  /** Keys of the payload that are wanted. */
  payload: readonly string[];
  vectors?: boolean;
}

/** Points of a collection by filter, in the order of their row numbers or of an integer. */
export class OrderedPoints {
  readonly #client: QdrantClient;
  readonly #collection: string;

  constructor(client: QdrantClient, collection: string) {
    this.#client = client;
    this.#collection = collection;
  }

  /** Pages in the order of row numbers, from row `from` on. */
  async *byRow<P>(
    { conditions, payload, vectors = false, timeoutMs }: ScrollOptions,
    pageSize: number,
    from = 0,
  ): AsyncGenerator<Point<P>[], void, undefined> {
    for (let offset: number | null = from; offset !== null; ) {
      const page: Page<P> = await this.#scroll(
        {
          limit: pageSize,
          offset,
          with_payload: wanted(payload),
          with_vector: vectors,
          ...must(conditions),
        },
        timeoutMs,
      );
      if (page.points.length > 0) yield page.points;
      offset = page.next_page_offset;
    }
  }

  /**
   * Groups of points with the same value of an integer, by the value, each in the order of row numbers. A group may come in
   * several pieces; `last` marks the one that ends it.
   */
  async *byValue<P>(
    options: ScrollOptions,
    key: string,
    direction: "asc" | "desc",
    pageSize: number,
  ): AsyncGenerator<{ points: Point<P>[]; last: boolean }, void, undefined> {
    const step = direction === "asc" ? 1 : -1;
    for (let start: number | undefined; ; ) {
      const page: Page<P> = await this.#scroll(
        {
          limit: pageSize,
          order_by: { key, direction, ...(start === undefined ? {} : { start_from: start }) },
          with_payload: wanted(options.payload),
          ...must(options.conditions),
        },
        options.timeoutMs,
      );
      const whole = page.points.length < pageSize;
      const cut = page.points.at(-1)?.order_value;
      const groups = Map.groupBy(page.points, (point) => point.order_value!);
      for (const [value, points] of groups) {
        if (value === cut && !whole) continue; // the server may have more of it, and of equals gives any
        yield { points: points.toSorted((a, b) => a.id - b.id), last: true };
      }
      if (whole) return;
      const equal = { key, range: { gte: cut, lte: cut } };
      const conditions = [...options.conditions, equal];
      for await (const points of this.byRow<P>({ ...options, conditions }, pageSize))
        yield { points, last: false };
      yield { points: [], last: true };
      start = cut! + step;
    }
  }

  #scroll<P>(body: object, timeoutMs: number | undefined): Promise<Page<P>> {
    return this.#client.call({
      method: "POST",
      path: `/collections/${this.#collection}/points/scroll`,
      body,
      doing: `reading ${this.#collection}`,
      timeoutMs,
    });
  }
}

function wanted(payload: readonly string[]): readonly string[] | false {
  return payload.length > 0 && payload;
}

interface Page<P> {
  points: (Point<P> & { order_value?: number })[];
  next_page_offset: number | null;
}
