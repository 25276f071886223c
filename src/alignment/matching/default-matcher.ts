import type { MatcherModel } from "./matcher.ts";
import { PAIR_FEATURES } from "./pair-features.ts";

export const DEFAULT_MATCHER: MatcherModel = {
  origin: "none",
  features: [...PAIR_FEATURES],
  bias: -6,
  weights: PAIR_FEATURES.map(() => 1),
  f1: { threshold: 0.5, precision: 0, recall: 0 },
  precision: { threshold: 0.9, precision: 0, recall: 0, wanted: 0.95 },
  reliability: [],
};
