import pLimit from "p-limit";
import type {
  CollectionSpec,
  PrefixOptions,
  RecordPosition,
  StoredRecord,
  TimeoutOptions,
  WordsOptions,
} from "../vector-store.ts";
import { allowedTypos, isVariant, type WordVariants } from "../word-variants.ts";
import { BEGIN_BYTES, beginRanges } from "./begin-keys.ts";
import { OrderedPoints, type Point } from "./ordered-points.ts";
import { beginKey, type Condition, conditionsOf, lengthKey, passesNothing, wordsKey } from "./payload.ts";
import type { QdrantClient } from "./qdrant-client.ts";

interface DocumentPayload {
  id: string;
  body: string;
}

/** A point with its document, and the field that it was found by. */
type Found = Point<DocumentPayload & Record<string, string>>;

const DOCUMENT: readonly string[] = ["id", "body"];
const PAGE = 1024;
const MIN_PAGE = 32;
// The server reads what one call names on one core, 20 µs each, and somebody waits for them.
const CALLS_AT_ONCE = 2;
const MIN_PER_CALL = 64;
// Of a frequent word there are some dozens of variants in a large release.
const MAX_VARIANTS = 50;

/** Documents of a collection by place, keyword, prefix and words. */
export class FoundDocuments {
  readonly #client: QdrantClient;
  readonly #spec: CollectionSpec;
  readonly #points: OrderedPoints;
  readonly #variants: () => Promise<WordVariants>;

  /** `variants` is asked for at the first misspelt word. */
  constructor(client: QdrantClient, spec: CollectionSpec, variants: () => Promise<WordVariants>) {
    this.#client = client;
    this.#spec = spec;
    this.#points = new OrderedPoints(client, spec.name);
    this.#variants = variants;
  }

  async fetch(places: readonly RecordPosition[]): Promise<(StoredRecord | undefined)[]> {
    const found = await this.#byOrdinals(places.map(({ ordinal }) => ordinal));
    return places.map(({ ordinal }) => found.get(ordinal));
  }

  async find(field: string, values: readonly string[], limit: number): Promise<StoredRecord[]> {
    if (values.length === 0) return [];
    const options = { conditions: [{ key: field, match: { any: values } }], payload: DOCUMENT };
    const records: StoredRecord[] = [];
    for await (const points of this.#points.byRow<DocumentPayload>(options, Math.min(limit, PAGE))) {
      records.push(...points.map(recordOf));
      if (records.length >= limit) break;
    }
    return records.slice(0, limit);
  }

  async findByPrefix(
    field: string,
    prefix: string,
    limit: number,
    { filter, by, ...patience }: PrefixOptions,
  ): Promise<StoredRecord[]> {
    if (passesNothing(filter)) return [];
    const conditions = conditionsOf(filter);
    if (field === "id") return this.#byIdPrefix(prefix, limit, conditions);
    for (const [n, range] of beginRanges(prefix).entries())
      conditions.push({ key: beginKey(field, n), range });
    const pageSize = Math.min(PAGE, Math.max(MIN_PAGE, limit));
    // What the keys do not reach is compared here.
    const isCertain = Buffer.byteLength(prefix) <= BEGIN_BYTES;
    const payload = isCertain && by !== undefined ? DOCUMENT : [...DOCUMENT, field];
    const options = { conditions, payload, ...patience };
    const [key, direction] = by === undefined ? [beginKey(field, 0), "asc" as const] : [by, "desc" as const];
    const records: StoredRecord[] = [];
    let group: Found[] = [];
    for await (const { points, last } of this.#points.byValue<Found["payload"]>(
      options,
      key,
      direction,
      pageSize,
    )) {
      group.push(...points.filter((p) => p.payload[field]?.startsWith(prefix) ?? isCertain));
      if (by === undefined) {
        if (!last) continue; // the order within a group is known when all of it is
        group.sort((a, b) => byCodePoint(a.payload[field]!, b.payload[field]!) || a.id - b.id);
      }
      records.push(...group.map(recordOf));
      group = [];
      if (records.length >= limit) break;
    }
    return records.slice(0, limit);
  }

  async findByWords(
    field: string,
    words: readonly string[],
    limit: number,
    { typos = 0, filter, ...patience }: WordsOptions,
  ): Promise<StoredRecord[]> {
    if (words.length === 0 || words.some((word) => word === "" || /\s/u.test(word)) || passesNothing(filter))
      return [];
    const forms = await Promise.all(words.map((word) => this.#formsOf(word, typos)));
    const conditions = [
      ...forms.map((list) => ({ key: wordsKey(field), match: { text_any: list.join(" ") } })),
      ...conditionsOf(filter),
    ];
    const options = { conditions, payload: [...DOCUMENT, field], ...patience };
    const pageSize = Math.min(PAGE, Math.max(MIN_PAGE, limit));
    const records: StoredRecord[] = [];
    const groups = this.#points.byValue<Found["payload"]>(options, lengthKey(field), "asc", pageSize);
    for await (const { points } of groups) {
      for (const point of points) {
        const held = new Set(point.payload[field]!.split(/\s+/u));
        if (forms.every((list) => list.some((form) => held.has(form)))) records.push(recordOf(point));
      }
      if (records.length >= limit) break;
    }
    return records.slice(0, limit);
  }

  /** Most words are in the list of those that may be misspelt, which is here; the server is asked for short ones and codes. */
  async knownWords(field: string, words: readonly string[], patience: TimeoutOptions): Promise<Set<string>> {
    const listed = words.filter(isVariant);
    const asked = words.filter((word) => !isVariant(word));
    const [variants, found] = await Promise.all([
      listed.length > 0 ? this.#variants() : undefined,
      Promise.all(asked.map((word) => this.findByWords(field, [word], 1, patience))),
    ]);
    const known = listed.filter((word) => variants!.has(word));
    return new Set([...known, ...asked.filter((_, i) => found[i]!.length > 0)]);
  }

  async *documents(): AsyncGenerator<StoredRecord[], void, undefined> {
    const options = { conditions: [], payload: DOCUMENT };
    for await (const points of this.#points.byRow<DocumentPayload>(options, PAGE)) yield points.map(recordOf);
  }

  /** Ids have no keys of their beginnings, because nobody types one: all are read. */
  async #byIdPrefix(
    prefix: string,
    limit: number,
    conditions: readonly Condition[],
  ): Promise<StoredRecord[]> {
    const found: { id: string; ordinal: number }[] = [];
    for await (const points of this.#points.byRow<{ id: string }>({ conditions, payload: ["id"] }, PAGE))
      for (const { id, payload } of points)
        if (payload.id.startsWith(prefix)) found.push({ id: payload.id, ordinal: id });
    found.sort((a, b) => byCodePoint(a.id, b.id) || a.ordinal - b.ordinal);
    return this.#inOrder(found.slice(0, limit).map(({ ordinal }) => ordinal));
  }

  async #formsOf(word: string, typos: number): Promise<string[]> {
    const allowed = allowedTypos(word, typos);
    if (allowed === 0) return [word];
    const forms = (await this.#variants()).of(word, allowed, MAX_VARIANTS);
    return forms.includes(word) ? forms : [word, ...forms];
  }

  async #inOrder(ordinals: readonly number[]): Promise<StoredRecord[]> {
    const found = await this.#byOrdinals(ordinals);
    return ordinals.flatMap((ordinal) => found.get(ordinal) ?? []);
  }

  async #byOrdinals(ordinals: readonly number[]): Promise<Map<number, StoredRecord>> {
    const found = new Map<number, StoredRecord>();
    const { name } = this.#spec;
    const perCall = Math.min(PAGE, Math.max(MIN_PER_CALL, Math.ceil(ordinals.length / CALLS_AT_ONCE)));
    const pages = Array.from({ length: Math.ceil(ordinals.length / perCall) }, (_, i) =>
      ordinals.slice(i * perCall, (i + 1) * perCall),
    );
    await pLimit(CALLS_AT_ONCE).map(pages, async (ids) => {
      const points = await this.#client.call<Point<DocumentPayload>[]>({
        method: "POST",
        path: `/collections/${name}/points`,
        body: { ids, with_payload: DOCUMENT, with_vector: false },
        doing: `reading ${name}`,
      });
      for (const point of points) found.set(point.id, recordOf(point));
    });
    return found;
  }
}

function recordOf({ id, payload }: Point<DocumentPayload>): StoredRecord {
  return { id: payload.id, ordinal: id, body: payload.body };
}

/** UTF-16, JavaScript's own order, puts the rarer planes before the private use area. */
function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a, "utf8"), Buffer.from(b, "utf8"));
}
