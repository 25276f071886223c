import type { MappingFile } from "../mappings/mapping.ts";
import { bootstrap, type Estimate } from "./bootstrap.ts";
import { f1Of } from "./classification-scores.ts";

/** Precision, recall and F1 of a set of mappings against a reference. */
export interface MappingScores {
  /** Mappings that were judged: those that the reference is unsure of are not. */
  judged: number;
  right: number;
  /** What there was to find: pairs of the reference, or its subjects where a subject's pairs are alternatives. */
  wanted: number;
  precision: Estimate;
  recall: Estimate;
  f1: Estimate;
}

export interface JudgeOptions {
  /** The pairs of one subject are alternatives, of which one is enough: recall counts subjects. */
  alternatives: boolean;
  /** Judges the subjects alone that the reference names, in a reference of a sample. */
  partial: boolean;
}

/** What a subject's mappings come to; scores are added up from these, so that they can be drawn anew. */
export interface SubjectJudgement {
  subject: string;
  /** Score and rightness of each mapping, best first. */
  answers: { score: number; right: boolean }[];
  wanted: number;
}

/** Judges mappings subject by subject, in the order of their ids. */
export function judgeMappings(
  found: MappingFile,
  reference: MappingFile,
  { alternatives, partial }: JudgeOptions,
): SubjectJudgement[] {
  const wanted = new Map<string, Set<string>>();
  const unsure = new Set<string>();
  for (const { subject, object, relation } of reference.mappings) {
    if (relation === "unsure") unsure.add(key(subject, object));
    else wanted.set(subject, (wanted.get(subject) ?? new Set()).add(object));
  }
  const answers = new Map<string, Map<string, number>>();
  for (const { subject, object, score } of found.mappings) {
    if (unsure.has(key(subject, object))) continue;
    const objects = answers.get(subject) ?? new Map<string, number>();
    answers.set(subject, objects);
    objects.set(object, Math.max(score, objects.get(object) ?? Number.NEGATIVE_INFINITY));
  }
  const subjects = partial ? reference.subjects : new Set([...answers.keys(), ...wanted.keys()]);
  return [...subjects].sort().map((subject) => {
    const right = wanted.get(subject) ?? new Set();
    const list = [...(answers.get(subject) ?? [])].map(([object, score]) => ({
      score,
      right: right.has(object),
    }));
    list.sort((a, b) => b.score - a.score);
    return { subject, answers: list, wanted: alternatives ? Math.min(1, right.size) : right.size };
  });
}

function key(subject: string, object: string): string {
  return `${subject}\n${object}`;
}

/** Scores of the mappings whose score is at least `threshold`, with bootstrap intervals over subjects. */
export function mappingScores(
  judgements: readonly SubjectJudgement[],
  threshold = Number.NEGATIVE_INFINITY,
): MappingScores {
  const counts = countsAt(judgements, threshold);
  const whole = (items: Iterable<number>): { right: number; judged: number; wanted: number } => {
    const sum = { right: 0, judged: 0, wanted: 0 };
    for (const i of items) {
      sum.right += counts.right[i]!;
      sum.judged += counts.judged[i]!;
      sum.wanted += counts.wanted[i]!;
    }
    return sum;
  };
  const estimate = (name: "precision" | "recall" | "f1"): Estimate =>
    bootstrap(judgements.length, (items) => {
      const { right, judged, wanted } = whole(items);
      return f1Of(right, judged, wanted)[name];
    });
  return {
    ...whole(judgements.keys()),
    precision: estimate("precision"),
    recall: estimate("recall"),
    f1: estimate("f1"),
  };
}

/** Per subject: right, judged and wanted mappings at a threshold. */
function countsAt(
  judgements: readonly SubjectJudgement[],
  threshold: number,
): { right: Uint32Array; judged: Uint32Array; wanted: Uint32Array } {
  const right = new Uint32Array(judgements.length);
  const judged = new Uint32Array(judgements.length);
  const wanted = Uint32Array.from(judgements, (judgement) => judgement.wanted);
  for (const [i, { answers, wanted: limit }] of judgements.entries()) {
    const kept = answers.filter(({ score }) => score >= threshold);
    const found = kept.filter((answer) => answer.right).length;
    // A second right alternative finds nothing more, and is not wrong either.
    right[i] = Math.min(limit, found);
    judged[i] = kept.length - (found - right[i]!);
  }
  return { right, judged, wanted };
}

/** The threshold of the highest F1; of thresholds with the same, the highest. */
export function bestThreshold(judgements: readonly SubjectJudgement[]): { threshold: number; f1: number } {
  const wanted = judgements.reduce((sum, judgement) => sum + judgement.wanted, 0);
  const found = new Uint32Array(judgements.length);
  const all = judgements
    .flatMap(({ answers }, i) => answers.map((answer) => ({ ...answer, i })))
    .sort((a, b) => b.score - a.score);
  let best = { threshold: Number.POSITIVE_INFINITY, f1: 0 };
  let [right, judged] = [0, 0];
  for (const [n, { score, right: isRight, i }] of all.entries()) {
    const surplus = isRight && found[i]! >= judgements[i]!.wanted;
    if (!surplus) judged++;
    if (isRight && !surplus) {
      found[i]!++;
      right++;
    }
    if (all[n + 1]?.score === score) continue;
    const { f1 } = f1Of(right, judged, wanted);
    if (f1 > best.f1) best = { threshold: score, f1 };
  }
  return best;
}

/** Difference of the F1 of two sets of mappings that answer the same subjects, with its bootstrap interval. */
export function f1Difference(
  a: readonly SubjectJudgement[],
  b: readonly SubjectJudgement[],
  thresholds: { a: number; b: number },
): Estimate {
  const subjects = [...new Set([...a, ...b].map(({ subject }) => subject))].sort();
  const [left, right] = [a, b].map((judgements, side) => {
    const bySubject = new Map(judgements.map((judgement) => [judgement.subject, judgement]));
    const reference = new Map([...b, ...a].map(({ subject, wanted }) => [subject, wanted]));
    const full = subjects.map(
      (subject): SubjectJudgement =>
        bySubject.get(subject) ?? { subject, answers: [], wanted: reference.get(subject)! },
    );
    return countsAt(full, side === 0 ? thresholds.a : thresholds.b);
  });
  const f1 = (counts: ReturnType<typeof countsAt>, items: Uint32Array): number => {
    let [found, judged, wanted] = [0, 0, 0];
    for (const i of items) {
      found += counts.right[i]!;
      judged += counts.judged[i]!;
      wanted += counts.wanted[i]!;
    }
    return f1Of(found, judged, wanted).f1;
  };
  return bootstrap(subjects.length, (items) => f1(left!, items) - f1(right!, items));
}
