import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";
import { TermduetError } from "../../terminology/termduet-error.ts";
import type { MatrixProducts } from "../quantization/matrix.ts";
import { transpose } from "../quantization/matrix.ts";
import { mean, pearson, spearman } from "../search/statistics.ts";
import type { MetricValues } from "./metrics.ts";
import type { Vectors } from "./vector-metrics.ts";

export const taskSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("similarity"),
    name: z.string().regex(/^[\w-]+$/),
    /** Tab-separated lines: a text, another, and how similar people found them. */
    file: z.string(),
  }),
  z.strictObject({
    type: z.literal("retrieval"),
    name: z.string().regex(/^[\w-]+$/),
    /** Tab-separated lines: a query, and the id of its answer. */
    queries: z.string(),
    /** Tab-separated lines: an id, and a text; several lines may have one id. */
    corpus: z.string(),
  }),
]);

/** A task with known answers, on which a candidate is measured beside the input model. */
export type Task = z.output<typeof taskSchema>;

/** Texts whose vectors a task needs, and what it makes of them. */
export interface LoadedTask {
  texts: { text: string; role: "query" | "string" }[];
  score(products: MatrixProducts, vectors: Vectors): Promise<MetricValues>;
}

/** Reads a task's files. Errors: `not-found`, `bad-input` with file and line. */
export function loadTask(task: Task): LoadedTask {
  return task.type === "similarity" ? similarityTask(task.name, task.file) : retrievalTask(task);
}

function similarityTask(name: string, file: string): LoadedTask {
  const rows = rowsOf(file, 3);
  const expected = rows.map(([, , score], i) => {
    const value = Number(score);
    if (!Number.isFinite(value))
      throw new TermduetError("bad-input", `${file}, line ${i + 1}: the third column is no number`);
    return value;
  });
  return {
    texts: rows.flatMap(([a, b]) => [
      { text: a!, role: "query" as const },
      { text: b!, role: "query" as const },
    ]),
    score: (_, { dimension, values }) => {
      const cosines = expected.map((_value, i) => {
        const [a, b] = [2 * i * dimension, (2 * i + 1) * dimension];
        let sum = 0;
        for (let j = 0; j < dimension; j++) sum += values[a + j]! * values[b + j]!;
        return sum;
      });
      const metrics = { spearman: spearman(cosines, expected), pearson: pearson(cosines, expected) };
      return Promise.resolve(named(name, metrics));
    },
  };
}

function retrievalTask({ name, queries, corpus }: Extract<Task, { type: "retrieval" }>): LoadedTask {
  const asked = rowsOf(queries, 2);
  const entries = rowsOf(corpus, 2);
  return {
    texts: [
      ...asked.map(([text]) => ({ text: text!, role: "query" as const })),
      ...entries.map(([, text]) => ({ text: text!, role: "string" as const })),
    ],
    score: async (products, { dimension, values }) => {
      const query = {
        rows: asked.length,
        columns: dimension,
        values: values.subarray(0, asked.length * dimension),
      };
      const texts = values.subarray(asked.length * dimension);
      const all = transpose({ rows: entries.length, columns: dimension, values: texts });
      const { values: scores } = await products.times(query, all);
      const ranks = asked.map(([, id], i) =>
        rankOf(id!, entries, scores.subarray(i * entries.length, (i + 1) * entries.length)),
      );
      const within = (k: number): number => mean(ranks.map((rank) => (rank <= k ? 1 : 0)));
      return named(name, {
        "acc@1": within(1),
        "acc@5": within(5),
        mrr: mean(ranks.map((rank) => 1 / rank)),
      });
    },
  };
}

/** Place of an id among all ids, by the best score of each; infinite where it is not among them. */
function rankOf(id: string, entries: readonly string[][], scores: Float32Array): number {
  const best = new Map<string, number>();
  for (const [i, [other]] of entries.entries())
    best.set(other!, Math.max(best.get(other!) ?? Number.NEGATIVE_INFINITY, scores[i]!));
  const own = best.get(id);
  if (own === undefined) return Number.POSITIVE_INFINITY;
  let rank = 1;
  for (const [other, score] of best) if (score > own || (score === own && other < id)) rank++;
  return rank;
}

function named(task: string, metrics: MetricValues): MetricValues {
  return Object.fromEntries(Object.entries(metrics).map(([name, value]) => [`task.${task}.${name}`, value]));
}

function rowsOf(file: string, columns: number): string[][] {
  if (!existsSync(file)) throw new TermduetError("not-found", `task file ${file} does not exist`);
  const lines = readFileSync(file, "utf8").split(/\r?\n/);
  const rows = lines.filter((line) => line.trim() !== "").map((line) => line.split("\t"));
  const wrong = rows.findIndex((row) => row.length < columns);
  if (wrong >= 0) {
    const message = `${file}, line ${wrong + 1}: ${rows[wrong]!.length} tab-separated columns; ${columns} are needed`;
    throw new TermduetError("bad-input", message);
  }
  if (rows.length === 0) throw new TermduetError("bad-input", `task file ${file} is empty`);
  return rows;
}
