import { quadraticWeightedKappa } from "../evaluation/metrics/weighted-kappa.ts";
import type { CurrentRating } from "./ratings-database.ts";

/** How two reviewers agree. */
interface PairAgreement {
  reviewers: [string, string];
  /** Pairs that both rated. */
  pairs: number;
  /** Of these, rated alike. */
  same: number;
  /** Cohen's kappa with quadratic weights; null where it is undefined. */
  kappa: number | null;
}

export interface ReviewAgreement {
  byPair: PairAgreement[];
  /** Mean over the reviewers' pairs (Light's kappa); null without any. */
  mean: number | null;
}

/** Agreement of all reviewers, two by two. */
export function reviewAgreement(ratings: readonly CurrentRating[]): ReviewAgreement {
  const byReviewer = new Map<string, Map<string, number>>();
  for (const { entry, cui, reviewer, rating } of ratings) {
    const own = byReviewer.get(reviewer) ?? new Map<string, number>();
    byReviewer.set(reviewer, own);
    own.set(JSON.stringify([entry, cui]), rating);
  }
  const reviewers = [...byReviewer.keys()].sort();
  const byPair = reviewers.flatMap((left, i) =>
    reviewers
      .slice(i + 1)
      .map((right) => agreementOf(left, right, byReviewer.get(left)!, byReviewer.get(right)!)),
  );
  const kappas = byPair.flatMap(({ kappa }) => (kappa === null ? [] : [kappa]));
  const mean = kappas.length === 0 ? null : kappas.reduce((sum, kappa) => sum + kappa, 0) / kappas.length;
  return { byPair, mean };
}

function agreementOf(
  left: string,
  right: string,
  a: ReadonlyMap<string, number>,
  b: ReadonlyMap<string, number>,
): PairAgreement {
  const shared = [...a.keys()].filter((pair) => b.has(pair));
  const [x, y] = [shared.map((pair) => a.get(pair)!), shared.map((pair) => b.get(pair)!)];
  return {
    reviewers: [left, right],
    pairs: shared.length,
    same: x.filter((rating, i) => rating === y[i]).length,
    kappa: quadraticWeightedKappa(x, y) ?? null,
  };
}
