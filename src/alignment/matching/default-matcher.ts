import json from "./default-matcher.json" with { type: "json" };
import { type MatcherModel, matcherModel } from "./matcher.ts";

/** The coefficients that come with Termduet; `origin` says what they were fitted on. */
export const DEFAULT_MATCHER: MatcherModel = matcherModel(json, "default-matcher.json");
