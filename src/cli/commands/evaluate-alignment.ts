import { Command } from "commander";
import { readCandidates } from "../../evaluation/datasets/candidate-lists.ts";
import { type ComparableMappings, comparableMappings } from "../../evaluation/mappings/comparable.ts";
import { readMappings } from "../../evaluation/mappings/read-mappings.ts";
import {
  bestThreshold,
  judgeMappings,
  type MappingScores,
  mappingScores,
} from "../../evaluation/metrics/mapping-scores.ts";
import { type RetrievalScores, retrievalScores } from "../../evaluation/retrieval-task.ts";
import { intervalText, tableText } from "../table-text.ts";

interface Options {
  reference: string;
  threshold?: number;
  alternatives?: boolean;
  partial?: boolean;
  json?: boolean;
}

export function evaluateAlignmentCommand(): Command {
  return new Command("alignment")
    .description(
      "precision, recall and F1 of an alignment against a reference, and how far down the right concepts are",
    )
    .argument(
      "<alignment>",
      "folder that align wrote, SSSOM (TSV, CSV, JSON), OAEI .rdf, LogMap's .txt, or a table with id, cui",
    )
    .requiredOption("--reference <file>", "the same formats; in a table | stands between alternatives")
    .option("--threshold <score>", "mappings below do not count", Number)
    .option("--alternatives", "several concepts of an entry are alternatives: one of them is enough")
    .option("--partial", "the reference is of a sample: judge the entries alone that it names")
    .option("--json", "JSON on stdout")
    .action(run);
}

async function run(path: string, options: Options): Promise<void> {
  const read = [await readMappings(path), await readMappings(options.reference)] as const;
  const { found, reference, keys, notes } = comparableMappings(...read);
  for (const note of notes) process.stderr.write(`${note}\n`);
  const alternatives = options.alternatives ?? reference.alternatives;
  const judgements = judgeMappings(found, reference, { alternatives, partial: options.partial ?? false });
  const best = bestThreshold(judgements);
  const scores: Record<string, MappingScores> = { "all mappings": mappingScores(judgements) };
  if (options.threshold !== undefined)
    scores[`score ≥ ${options.threshold}`] = mappingScores(judgements, options.threshold);
  // An upper bound: the threshold was chosen on what it is judged by.
  if (best.f1 > 0)
    scores[`best F1, score ≥ ${Number(best.threshold.toFixed(4))}`] = mappingScores(
      judgements,
      best.threshold,
    );
  const lists = await readCandidates(path);
  const ranking = lists && rankingScores(rekeyed(lists, keys), reference.mappings);
  const result = {
    task: "alignment",
    alignment: path,
    reference: options.reference,
    alternatives,
    subjects: judgements.length,
    scores,
    ...(notes.length > 0 ? { notes } : {}),
    ...(ranking ? { ranking } : {}),
  };
  process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : alignmentText(scores, ranking));
}

function rekeyed(
  lists: ReadonlyMap<string, readonly string[]>,
  { subject, object }: ComparableMappings["keys"],
): Map<string, string[]> {
  return new Map([...lists].map(([id, cuis]) => [subject(id), cuis.map(object)]));
}

/** How far down the right concept is in the list of candidates, over the entries that have one. */
function rankingScores(
  lists: ReadonlyMap<string, readonly string[]>,
  reference: readonly { subject: string; object: string; relation: string }[],
): RetrievalScores {
  const wanted = new Map<string, Set<string>>();
  for (const { subject, object, relation } of reference)
    if (relation === "same") wanted.set(subject, (wanted.get(subject) ?? new Set()).add(object));
  const places = [...wanted].map(([subject, objects]) => {
    const place = (lists.get(subject) ?? []).findIndex((cui) => objects.has(cui));
    return place < 0 ? Number.POSITIVE_INFINITY : place + 1;
  });
  return retrievalScores(places);
}

function alignmentText(scores: Readonly<Record<string, MappingScores>>, ranking?: RetrievalScores): string {
  const rows = Object.entries(scores).map(([name, { judged, right, wanted, precision, recall, f1 }]) => [
    name,
    `${right} / ${judged} / ${wanted}`,
    ...[precision, recall, f1].flatMap((estimate) => [estimate.value.toFixed(3), intervalText(estimate)]),
  ]);
  const header = ["", "right / judged / wanted", "precision", "95 %", "recall", "95 %", "F1", "95 %"];
  const lines = tableText([header, ...rows]);
  if (!ranking) return lines;
  const { mrr, acc1, acc5, acc10 } = ranking;
  const cells = [mrr, acc1, acc5, acc10].map(({ value }) => value.toFixed(3));
  return `${lines}${tableText([["candidates: MRR", "Hits@1", "Hits@5", "Hits@10"], cells])}`;
}
