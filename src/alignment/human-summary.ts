import { type AlignedEntry, meanGradeOf } from "./aligned-entry.ts";

/** What the ratings of people say of the models, over the entries of which every model's own pair was rated. */
export interface HumanSummary {
  entries: number;
  /** The paper's Table 4 from people: how many of each model's pairs have each rating, by encoder id, and of the merge's. */
  ratings: Record<string, number[]>;
  /** The same for a perfect choice between the models. */
  oracle: number[];
  /** Pairs rated 5 that a perfect choice has more than the merge by calibrated ratings. */
  oracleGap: number;
}

/** The merge that is judged is the one by the encoders' own ratings. Undefined where no entry was rated so. */
export function humanSummary(
  entries: readonly AlignedEntry[],
  encoderIds: readonly string[],
): HumanSummary | undefined {
  const judged = entries.flatMap((aligned) => {
    const own = aligned.best.map((concept) => concept?.human);
    return own.every((rating) => rating !== undefined) && own.length > 0
      ? [{ own, merged: own[calibratedChoice(aligned)]! }]
      : [];
  });
  if (judged.length === 0) return undefined;
  const counts = (ratings: readonly number[]): number[] => {
    const row = [0, 0, 0, 0, 0, 0];
    for (const rating of ratings) row[rating]!++;
    return row;
  };
  const oracle = counts(judged.map(({ own }) => Math.max(...own)));
  const complementarity = counts(judged.map(({ merged }) => merged));
  return {
    entries: judged.length,
    ratings: {
      ...Object.fromEntries(encoderIds.map((id, m) => [id, counts(judged.map(({ own }) => own[m]!))])),
      complementarity,
    },
    oracle,
    oracleGap: oracle[5]! - complementarity[5]!,
  };
}

/** Which encoder's concept the merge takes: the best rated, of equal ones the one that all together grade higher. */
function calibratedChoice({ best }: AlignedEntry): number {
  const order = [...best.keys()].sort(
    (a, b) =>
      best[b]!.sightings[b]!.rating - best[a]!.sightings[a]!.rating ||
      meanGradeOf(best[b]!) - meanGradeOf(best[a]!) ||
      a - b,
  );
  return order[0]!;
}
