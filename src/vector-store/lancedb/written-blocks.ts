import type { Table } from "@lancedb/lancedb";
import { TermduetError } from "../../terminology/termduet-error.ts";
import { lists } from "../arrow-blocks.ts";
import type { Block, CollectionSpec, FieldValue } from "../vector-store.ts";
import type { CollectionRows } from "./collection-rows.ts";

/** All that was written to a collection, as blocks of `size` rows: fields from Lance's table, the rest from the rows. */
export async function* writtenBlocks(
  table: Table,
  rows: CollectionRows,
  spec: CollectionSpec,
  size: number,
): AsyncGenerator<Block, void, undefined> {
  const count = await table.countRows();
  for (let [from, number] = [0, 0]; from < count; from += size, number++) {
    const to = Math.min(count, from + size);
    const block = { number, firstOrdinal: from, fields: await fieldsOf(table, spec, from, to) };
    if (rows.documents) {
      const records = rows.documents.readRange(from, to);
      yield { ...block, ids: records.map((r) => r.id), bodies: records.map((r) => r.body) };
    } else {
      const stored = rows.vectors.readRange(from, to);
      const places = Array.from({ length: to - from }, (_, row) => row);
      const vectors = new Float32Array(places.length * spec.dimension!);
      for (const row of places) vectors.set(stored.vectorAt(row), row * spec.dimension!);
      yield { ...block, ids: places.map((row) => stored.idAt(row)), vectors };
    }
  }
}

/** Values of all fields of rows `from` to `to` (exclusive), in their order. */
async function fieldsOf(
  table: Table,
  { name, fields }: CollectionSpec,
  from: number,
  to: number,
): Promise<Record<string, FieldValue[]>> {
  const names = Object.keys(fields);
  if (names.length === 0) return {};
  const found = await table
    .query()
    .where(`ordinal >= ${from} AND ordinal < ${to}`)
    .select(["ordinal", ...names])
    .toArrow();
  const ordinals = Array.from((found.getChild("ordinal") ?? []) as Iterable<number>);
  if (ordinals.length !== to - from)
    throw new TermduetError("bad-input", `${name} lacks rows; ingest the release again`);
  const order = [...ordinals.keys()].sort((a, b) => ordinals[a]! - ordinals[b]!);
  const columns = names.map((field) => {
    const isList = fields[field] === "keywords";
    const column = found.getChild(field)!;
    const values: FieldValue[] = isList ? lists(column) : Array.from(column as Iterable<FieldValue>);
    return [field, order.map((row) => values[row]!)] as const;
  });
  return Object.fromEntries(columns);
}
