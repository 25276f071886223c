import { Index, type Table } from "@lancedb/lancedb";
import type { CollectionSpec, FieldKind } from "../vector-store.ts";
import { type IndexPlan, vectorIndex } from "./index-plan.ts";

const INDEX_WAIT_SECONDS = 24 * 3600;
// Names of chemicals have words of some dozens of letters; what is longer is found by prefix or by its vector.
const MAX_WORD = 100;

/** Indexes of a collection, made one by one; `report` is told how many are done, and of how many. */
export async function buildIndexes(
  table: Table,
  spec: CollectionSpec,
  plan: IndexPlan | undefined,
  report: (done: number, total: number) => void,
): Promise<void> {
  const vectors = spec.dimension !== undefined;
  // Lookups by id are for documents; vectors are found by their row.
  const kinds = Object.entries<FieldKind>({ ...(vectors ? {} : { id: "keyword" }), ...spec.fields });
  const steps = kinds.map(
    ([field, kind]) =>
      () =>
        indexField(table, field, kind),
  );
  if (vectors && plan) steps.push(() => indexVectors(table, plan));
  report(0, steps.length);
  // A lookup pays for each fragment that it touches, and every block is one. Vectors are not looked up in the table.
  if (!vectors && (await table.listIndices()).length === 0)
    await table.optimize({ cleanupOlderThan: new Date() });
  for (const [done, step] of steps.entries()) {
    await step();
    report(done + 1, steps.length);
  }
}

async function indexField(table: Table, field: string, kind: FieldKind): Promise<void> {
  const config = kind === "keywords" ? Index.labelList() : Index.btree();
  await table.createIndex(field, { config, replace: true, name: `${field}_idx` });
  if (kind !== "text") return;
  const words = Index.fts({
    baseTokenizer: "whitespace",
    maxTokenLength: MAX_WORD,
    withPosition: false,
    lowercase: false,
    stem: false,
    removeStopWords: false,
    asciiFolding: false,
  });
  await table.createIndex(field, {
    config: words,
    replace: true,
    name: `${field}_words`,
    waitTimeoutSeconds: INDEX_WAIT_SECONDS,
  });
}

async function indexVectors(table: Table, plan: IndexPlan): Promise<void> {
  await table.createIndex("vector", {
    config: vectorIndex(plan),
    replace: true,
    waitTimeoutSeconds: INDEX_WAIT_SECONDS,
  });
}
