import { Command } from "commander";
import type { EncoderFolder } from "../../encoder/encoder-manifest.ts";
import type { Provider } from "../../encoder/providers.ts";
import type { CalibrationMethod } from "../../evaluation/calibration/fit-calibrator.ts";
import type { GradedCosine } from "../../evaluation/calibration/isotonic-fit.ts";
import { type ParallelSet, readParallelSets } from "../../evaluation/datasets/parallel-sets.ts";
import {
  balancedPairs,
  readSimilarityPairs,
  type SimilarityPair,
} from "../../evaluation/datasets/similarity-pairs.ts";
import { type ParallelScores, parallelScores } from "../../evaluation/parallel-task.ts";
import {
  type MethodScores,
  meanGrades,
  type SimilarityScores,
  scoreMethods,
  similarityScores,
} from "../../evaluation/similarity-task.ts";
import { Calibrator } from "../../retrieval/rank/calibrator.ts";
import { catalogueOf, encodersFolderOption, providerOption } from "../common-options.ts";
import { type EncodedTexts, encodedTexts } from "../encoded-texts.ts";
import { list, setting, whole } from "../settings.ts";
import { intervalText, tableText } from "../table-text.ts";

interface Options {
  encodersFolder: string;
  provider: Provider;
  encoders?: string[];
  json?: boolean;
  train?: string;
  balance?: boolean;
  seed: number;
}

function sentencesCommand(name: string, file: string): Command {
  const command = new Command(name)
    .argument("<file>", file)
    .addOption(
      setting("--encoders <list>", "ids or folders of encoders (default: those that come with it)").argParser(
        list,
      ),
    )
    .option("--json", "JSON on stdout");
  for (const add of [providerOption, encodersFolderOption]) add(command);
  return command;
}

export function evaluateSimilarityCommand(): Command {
  return sentencesCommand("similarity", "pairs of sentences: .xml of DEFT 2020's task 1, or .tsv/.csv")
    .description("how well encoders' cosines foretell people's marks from 0 to 5 (DEFT 2020, task 1)")
    .option("--train <file>", "pairs that the regressions are fitted on (default: cross-validation)")
    .option("--balance", "as the paper: contradictory pairs out, then as many similar pairs as others")
    .option("--seed <n>", "of the balancing", whole("--seed", 0, 2 ** 31), 1)
    .action(runSimilarity);
}

export function evaluateParallelCommand(): Command {
  return sentencesCommand("parallel", "sources with candidates: .xml of DEFT 2020's task 2, or .tsv/.csv")
    .description("how often encoders find the parallel sentence among candidates (DEFT 2020, task 2)")
    .action(runParallel);
}

function chosenEncoders(options: Options): EncoderFolder[] {
  const catalogue = catalogueOf(options);
  return options.encoders?.map((id) => catalogue.find(id)) ?? catalogue.bundled();
}

async function runSimilarity(file: string, options: Options): Promise<void> {
  const read = async (path: string): Promise<SimilarityPair[]> => {
    const pairs = await readSimilarityPairs(path);
    return options.balance ? balancedPairs(pairs, options.seed) : pairs;
  };
  const pairs = await read(file);
  const training = options.train === undefined ? undefined : await read(options.train);
  const texts = [...pairs, ...(training ?? [])].flatMap(({ source, target }) => [source, target]);
  const scores: Record<string, MethodScores[]> = {};
  const grades: Record<CalibrationMethod, number[]>[] = [];
  for (const folder of chosenEncoders(options)) {
    const encoded = await encodedTexts(folder, texts, options.provider);
    const graded = (list: readonly SimilarityPair[]): GradedCosine[] =>
      list.map(({ source, target, mark }) => ({
        cosine: encoded.cosine(source, target),
        grade: mark,
      }));
    const methods = scoreMethods(graded(pairs), training && graded(training));
    scores[folder.manifest.id] = methods.scores;
    grades.push(methods.grades);
  }
  if (grades.length > 1) scores["mean of all"] = meansOf(grades, pairs);
  const result = {
    task: "similarity",
    file,
    train: options.train,
    balanced: options.balance ?? false,
    pairs: pairs.length,
    scores,
  };
  process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : similarityText(pairs.length, scores));
}

function meansOf(
  grades: readonly Record<CalibrationMethod, number[]>[],
  pairs: readonly SimilarityPair[],
): MethodScores[] {
  const marks = pairs.map(({ mark }) => mark);
  const methods = Object.keys(grades[0]!) as CalibrationMethod[];
  return methods.map((method) => {
    const means = meanGrades(grades.map((byMethod) => byMethod[method]));
    return { method, ...similarityScores(means, marks) };
  });
}

function similarityText(pairs: number, scores: Readonly<Record<string, readonly MethodScores[]>>): string {
  const header = [
    "encoder",
    "grades by",
    "EDRM",
    "95 %",
    "Spearman",
    "p",
    "Pearson",
    "accuracy",
    "precision",
    "recall",
    "F1",
  ];
  const rows = Object.entries(scores).flatMap(([id, methods]) =>
    methods.map((score) => [id, score.method, ...similarityCells(score)]),
  );
  return `${pairs} pairs; accuracy, precision, recall and F1 of similar (2.5 and more) against not\n${tableText([header, ...rows])}`;
}

function similarityCells({ edrm, spearman, pearson, binary }: SimilarityScores): string[] {
  return [
    edrm.value.toFixed(4),
    intervalText(edrm),
    spearman.r.toFixed(4),
    spearman.p.toExponential(2),
    pearson.r.toFixed(4),
    ...[binary.accuracy, binary.precision, binary.recall, binary.f1].map((value) => value.toFixed(4)),
  ];
}

async function runParallel(file: string, options: Options): Promise<void> {
  const sets = await readParallelSets(file);
  const texts = sets.flatMap(({ source, candidates }) => [source, ...candidates.map(({ text }) => text)]);
  const scores: Record<string, ParallelScores> = {};
  const grades: number[][][] = [];
  for (const folder of chosenEncoders(options)) {
    const encoded = await encodedTexts(folder, texts, options.provider);
    const calibrator = new Calibrator(folder.manifest);
    const cosines = sets.map((set) => cosinesOf(set, encoded));
    scores[folder.manifest.id] = parallelScores(sets, cosines);
    // Grades are level at both ends of the scale; there the cosine tells candidates apart.
    grades.push(cosines.map((of) => of.map((value) => calibrator.grade(value) + 0.001 * value)));
  }
  if (grades.length > 1) {
    const together = sets.map((_, set) => meanGrades(grades.map((byEncoder) => byEncoder[set]!)));
    scores["mean of all"] = parallelScores(sets, together);
  }
  const result = { task: "parallel", file, sets: sets.length, scores };
  process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : parallelText(sets.length, scores));
}

function cosinesOf({ source, candidates }: ParallelSet, encoded: EncodedTexts): number[] {
  return candidates.map(({ text }) => encoded.cosine(source, text));
}

function parallelText(sets: number, scores: Readonly<Record<string, ParallelScores>>): string {
  const rows = Object.entries(scores).map(([id, { map, accuracy, mrr }]) => [
    id,
    map.value.toFixed(4),
    intervalText(map),
    accuracy.value.toFixed(4),
    intervalText(accuracy),
    mrr.toFixed(4),
  ]);
  return `${sets} sources\n${tableText([["encoder", "MAP", "95 %", "accuracy", "95 %", "MRR"], ...rows])}`;
}
