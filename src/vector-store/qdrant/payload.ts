import { createHash } from "node:crypto";
import type { Block, CollectionSpec, FieldKind, FieldValue, Filter } from "../vector-store.ts";
import { BEGIN_KEYS, beginKeys } from "./begin-keys.ts";

/** What is stored with each point: its id, its body, the spec's fields, and what texts and keywords are found by. */
export type Payload = Record<string, FieldValue>;

/** Keys of a payload by which the server finds a field that is more than one keyword. */
export const wordsKey = (field: string): string => `${field}_words`;
export const lengthKey = (field: string): string => `${field}_length`;
export const beginKey = (field: string, n: number): string => `${field}_begin${n}`;

// As for the embedded store: what is longer is no word that somebody types.
const MAX_WORD = 100;

/** Payload of row `row` of a block. */
function payloadOf(spec: CollectionSpec, block: Block, row: number): Payload {
  const payload: Payload = { id: block.ids[row]! };
  if (block.bodies) payload["body"] = block.bodies[row]!;
  for (const [field, kind] of Object.entries(spec.fields)) {
    const value = block.fields[field]![row]!;
    payload[field] = value;
    if (kind !== "keyword" && kind !== "text") continue;
    for (const [n, key] of beginKeys(value as string).entries()) payload[beginKey(field, n)] = key;
    if (kind !== "text") continue;
    payload[wordsKey(field)] = value;
    payload[lengthKey(field)] = (value as string).length;
  }
  return payload;
}

/** Under which a payload holds what is compared of it. */
export const DIGEST = "digest";

const DIGEST_LENGTH = 16;

/** The payload as it is stored, and its digest: 96 bits over all that is stored with a record but its vector. */
export function payloadText(
  spec: CollectionSpec,
  block: Block,
  row: number,
): { json: string; digest: string } {
  const text = JSON.stringify(payloadOf(spec, block, row));
  const digest = createHash("sha1").update(text).digest("base64url").slice(0, DIGEST_LENGTH);
  return { json: `${text.slice(0, -1)},"${DIGEST}":"${digest}"}`, digest };
}

/**
 * Indexes of a collection: of everything that is filtered by, looked up or ordered by. None of them has links of its own in the
 * graph of the vectors: they take three times as long to build as the graph itself, and what they find a scan of the few that
 * pass, or ACORN's look beyond those that do not, finds as well (docs/qdrant.md).
 */
export function payloadIndexes(spec: CollectionSpec): Record<string, object> {
  // What filters a walk through a graph is asked for each vector on the way; documents are looked up once.
  const on_disk = spec.dimension === undefined;
  const keyword = { type: "keyword", on_disk, enable_hnsw: false };
  const integer = { type: "integer", on_disk, lookup: true, range: true, enable_hnsw: false };
  const words = {
    type: "text",
    tokenizer: "whitespace",
    lowercase: false,
    min_token_len: 1,
    max_token_len: MAX_WORD,
    on_disk: true,
    enable_hnsw: false,
  };
  const indexes: Record<string, object> = spec.dimension === undefined ? { id: keyword } : {};
  for (const [field, kind] of Object.entries(spec.fields)) {
    indexes[field] = kind === "integer" ? integer : keyword;
    if (kind !== "keyword" && kind !== "text") continue;
    for (let n = 0; n < BEGIN_KEYS; n++) indexes[beginKey(field, n)] = { ...integer, lookup: false };
    if (kind !== "text") continue;
    indexes[wordsKey(field)] = words;
    indexes[lengthKey(field)] = { ...integer, lookup: true };
  }
  return indexes;
}

/** The spec of a collection that is on the server, from its indexes. */
export function specOf(
  name: string,
  dimension: number | undefined,
  schema: Readonly<Record<string, { data_type: string }>>,
): CollectionSpec {
  const isOurs = (key: string): boolean => {
    const field = /^(.+)_(?:words|length|begin\d)$/.exec(key)?.[1];
    return field !== undefined && field in schema;
  };
  const fields: Record<string, FieldKind> = {};
  // The server's order is another each time; digests want one.
  for (const [key, { data_type }] of Object.entries(schema).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (isOurs(key) || (key === "id" && dimension === undefined)) continue;
    if (data_type === "integer") fields[key] = "integer";
    else if (wordsKey(key) in schema) fields[key] = "text";
    else fields[key] = beginKey(key, 0) in schema ? "keyword" : "keywords";
  }
  return { name, ...(dimension === undefined ? {} : { dimension }), fields };
}

export type Condition = Record<string, unknown>;

/** Conditions of a filter: every field must hold one of its values. */
export function conditionsOf(filter: Filter | undefined): Condition[] {
  return Object.entries(filter ?? {}).map(([key, values]) => ({ key, match: { any: values } }));
}

/** A filter with a field without values passes nothing. */
export function passesNothing(filter: Filter | undefined): boolean {
  return Object.values(filter ?? {}).some((values) => values.length === 0);
}

export function must(conditions: readonly Condition[]): { filter: { must: readonly Condition[] } } | object {
  return conditions.length === 0 ? {} : { filter: { must: conditions } };
}
