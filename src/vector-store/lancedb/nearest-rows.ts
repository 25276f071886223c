import type { Table } from "@lancedb/lancedb";
import type { IndexPlan } from "./index-plan.ts";

/**
 * Row ids of the nearest vectors by Lance, a list per query; without a plan it compares with all. Row ids alone:
 * fetching any column here costs more than the search itself.
 */
export async function nearestRows(
  table: Table,
  queries: readonly Float32Array[],
  limit: number,
  where: string | undefined,
  plan: IndexPlan | undefined,
  execution: { timeoutMs?: number } = {},
): Promise<bigint[][]> {
  const found: bigint[][] = queries.map(() => []);
  if (queries.length === 0) return found;
  let search = table.query().nearestTo(queries[0]!);
  for (const query of queries.slice(1)) search = search.addQueryVector(query);
  search = search
    .distanceType("cosine")
    .limit(limit)
    .withRowId()
    // With several queries there is a column `query_index` too, which Lance gives unasked.
    .select(["_rowid", "_distance"]);
  search = plan ? search.nprobes(plan.probes) : search.bypassVectorIndex();
  if (where) search = search.where(where);
  const rows = await search.toArrow(execution);
  if (rows.numRows === 0) return found;
  const indexes = rows.getChild("query_index");
  for (const [row, id] of Array.from(rows.getChild("_rowid")! as Iterable<bigint>).entries())
    found[indexes ? Number(indexes.get(row)) : 0]!.push(id);
  return found;
}
