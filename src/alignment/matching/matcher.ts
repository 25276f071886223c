import { z } from "zod";
import { TermduetError } from "../../terminology/termduet-error.ts";
import { PAIR_FEATURES } from "./pair-features.ts";

const result = {
  /** What the choice gave on the entries that the matcher was fitted on, cross-validated. */
  threshold: z.number(),
  precision: z.number(),
  recall: z.number(),
};
const schema = z.object({
  /** What it was fitted on, for people. */
  origin: z.string(),
  features: z.array(z.string()),
  bias: z.number(),
  weights: z.array(z.number().min(0)).length(PAIR_FEATURES.length),
  f1: z.object(result),
  /** `wanted`: the precision that is chosen for. */
  precision: z.object({ ...result, wanted: z.number().min(0).max(1) }),
  /** Cross-validated: of the pairs given such a probability on average, so many were right. */
  reliability: z.array(z.object({ probability: z.number(), right: z.number(), pairs: z.number() })),
});

/** Coefficients of the strong mode, with the thresholds that were chosen for them. */
export type MatcherModel = z.infer<typeof schema>;

/** What a matcher is kept under in a store, by dataset. */
export function matcherKey(dataset: string): string {
  return `matcher/${dataset}`;
}

/** @throws TermduetError `bad-input` for what is no matcher, or one of other features; `where` is for the message. */
export function matcherModel(json: unknown, where: string): MatcherModel {
  const parsed = schema.safeParse(json);
  if (!parsed.success || parsed.data.features.join() !== PAIR_FEATURES.join())
    throw new TermduetError(
      "bad-input",
      `${where} holds no matcher that this version can use; run \`termduet calibrate-matcher\` again`,
    );
  return parsed.data;
}
