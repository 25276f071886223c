import { z } from "zod";
import { LIMITS } from "../limits.ts";
import { datasetParameter, groupParameter, listParameter, queryText, wholeParameter } from "./parameters.ts";

export const suggestQuerySchema = z.strictObject({
  q: queryText.meta({ description: "What has been typed so far: the beginning of a name, or of a CUI" }),
  k: wholeParameter(1, LIMITS.suggestions, 10, "Suggestions"),
  sab: listParameter("Sources (SAB)"),
  lat: listParameter("Languages (LAT)"),
  sty: listParameter("Semantic types (TUI)"),
  group: groupParameter,
  dataset: datasetParameter,
});

const suggestionSchema = z
  .object({
    string: z
      .string()
      .meta({ description: "A string that begins as typed, but for case, accents and punctuation" }),
    cui: z.string(),
    name: z.string().meta({ description: "Preferred name of the concept" }),
    sab: z.string(),
    tty: z.string(),
    lat: z.string(),
    exact: z.boolean().meta({ description: "Nothing is left to type" }),
  })
  .meta({ id: "Suggestion" });

export const suggestResponseSchema = z
  .object({
    dataset: z.string(),
    release: z.string(),
    tookMs: z.number(),
    suggestions: z.array(suggestionSchema),
  })
  .meta({ id: "Suggestions" });

export type Suggestion = z.infer<typeof suggestionSchema>;
export type SuggestResponse = z.infer<typeof suggestResponseSchema>;
