import { z } from "zod";
import { FACET_FIELDS } from "../../src/retrieval/rank/facets.ts";
import { MATCH_TYPES, MATCHED_BY } from "../../src/retrieval/request/search-types.ts";
import { DIFFERENCE_KINDS } from "../../src/text/meaning/differences.ts";
import { LIMITS } from "../limits.ts";
import {
  contextsInBody,
  contextText,
  datasetParameter,
  encodersParameter,
  facetList,
  facetParameter,
  flagParameter,
  groupList,
  groupParameter,
  languageList,
  languageParameter,
  list,
  listParameter,
  nameText,
  queryText,
  wholeParameter,
} from "./parameters.ts";

const K = "Results per query";
const OFFSET = "Results to leave out before the first; the list ends after 200";

export const searchQuerySchema = z.strictObject({
  q: queryText.meta({ description: "Words in any language of the release, a code or a CUI" }),
  context: contextText.optional(),
  k: wholeParameter(1, LIMITS.k, 10, K),
  offset: wholeParameter(0, LIMITS.k - 1, 0, OFFSET),
  sab: listParameter("Sources (SAB), e.g. SNOMEDCT_US"),
  lat: listParameter("Languages (LAT), e.g. FRE"),
  tty: listParameter("Term types (TTY), e.g. PT"),
  sty: listParameter("Semantic types (TUI), e.g. T047"),
  group: groupParameter,
  cui: listParameter("Concepts (CUI)"),
  under: listParameter("Concepts (CUI) above what is wanted in a hierarchy of any source, or itself wanted"),
  lang: languageParameter,
  facets: facetParameter,
  encoders: encodersParameter,
  explain: flagParameter.meta({ description: "1: say what each encoder saw" }),
  dataset: datasetParameter,
});

export const searchBodySchema = z
  .strictObject({
    queries: z.array(queryText).min(1).max(LIMITS.batchQueries),
    context: z
      .union([contextsInBody, z.array(contextsInBody).max(LIMITS.batchQueries)])
      .optional()
      .meta({ description: "Text in which all queries stand, or a list with one for each" }),
    k: z.int().min(1).max(LIMITS.k).default(10).meta({ description: K }),
    offset: z
      .int()
      .min(0)
      .max(LIMITS.k - 1)
      .default(0)
      .meta({ description: OFFSET }),
    filter: z
      .strictObject({
        sab: list.optional(),
        lat: list.optional(),
        tty: list.optional(),
        sty: list.optional(),
        group: groupList.optional(),
        cui: list.optional(),
        under: list.optional(),
      })
      .default({}),
    encoders: z.array(nameText).max(LIMITS.listEntries).optional(),
    lang: languageList.optional(),
    facets: facetList.optional(),
    explain: z.boolean().default(false),
    dataset: datasetParameter,
  })
  .meta({ id: "SearchRequest" });

export const semanticTypeSchema = z
  .object({ tui: z.string(), name: z.string() })
  .meta({ id: "SemanticType", example: { tui: "T047", name: "Disease or Syndrome" } });

const scoreSchema = z
  .object({
    cosine: z.number().meta({ description: "float32 cosine of the query and the concept's nearest string" }),
    rank: z.int().min(1).meta({
      description:
        "Place in this encoder's own list, by strings, definitions and how well concepts are known",
    }),
    rating: z.int().min(0).max(5),
  })
  .meta({ id: "EncoderScore" });

const explanationSchema = z
  .object({
    encoder: z.string(),
    string: z.string().meta({ description: "String of the concept that this encoder found nearest" }),
    cosine: z.number(),
    grade: z.number().meta({ description: "Rating before it was rounded" }),
    candidate: z.boolean().meta({ description: "Whether the encoder's own search found it" }),
    definition: z
      .object({ text: z.string(), cosine: z.number() })
      .optional()
      .meta({ description: "The concept's nearest definition, by an encoder that knows definitions" }),
    standing: z.number().optional().meta({
      description:
        "Where the encoder heeds how well a concept is known: the share of what the string lacks of a cosine of 1 that this adds (or takes, below 0)",
    }),
  })
  .meta({ id: "Explanation" });

const matchSchema = z
  .object({
    by: z.enum(MATCHED_BY).meta({ description: "What the query and the string have in common" }),
    matchType: z.enum(MATCH_TYPES),
    string: z.string(),
  })
  .meta({ id: "Match" });

const differenceSchema = z
  .object({
    kind: z.enum(DIFFERENCE_KINDS),
    query: z.string().optional().meta({ description: "What the query says; absent: it says nothing of it" }),
    name: z.string().optional().meta({ description: "What the name says" }),
  })
  .meta({ id: "Difference" });

const facetSchema = z
  .array(z.object({ value: z.string(), name: z.string().optional(), count: z.int().min(1) }))
  .meta({ id: "Facet", description: "Concepts by value, most first" });

const resultSchema = z
  .object({
    rank: z.int().min(1),
    cui: z.string(),
    name: z.string().meta({ description: "Preferred name of the concept" }),
    display: z
      .object({ text: z.string(), lat: z.string().optional() })
      .optional()
      .meta({ description: "With lang: the name to show, and its language" }),
    string: z.string().meta({ description: "String of the concept that matched best" }),
    aui: z.string(),
    sab: z.string(),
    tty: z.string(),
    lat: z.string(),
    code: z.string(),
    matchType: z.enum(MATCH_TYPES),
    obsolete: z
      .literal(true)
      .optional()
      .meta({ description: "Present where the sources gave the string up" }),
    rating: z.int().min(0).max(5),
    agreement: z.boolean().meta({ description: "Whether all encoders give the concept this rating" }),
    scores: z.record(z.string(), scoreSchema).meta({ description: "By encoder" }),
    semanticTypes: z.array(semanticTypeSchema),
    differs: z.array(differenceSchema).min(1).optional().meta({
      description: "In what the query and the concept's nearest names differ; the rating is then below 5",
    }),
    explanation: z.array(explanationSchema).optional(),
    matches: z
      .array(matchSchema)
      .optional()
      .meta({ description: "With explain: how the concept was found without an encoder" }),
  })
  .meta({ id: "SearchResult" });

export const searchResponseSchema = z
  .object({
    query: z.string(),
    reading: z
      .object({
        text: z.string().meta({ description: "What was searched for" }),
        abbreviations: z.array(z.object({ short: z.string(), long: z.string() })),
      })
      .optional()
      .meta({ description: "With explain, where the context explains abbreviations of the query" }),
    dataset: z.string(),
    release: z.string(),
    tookMs: z.number(),
    close: z.boolean().meta({
      description: "False where nothing in the release is near: the results are then what is least far",
    }),
    results: z.array(resultSchema),
    facets: z.partialRecord(z.enum(FACET_FIELDS), facetSchema).optional().meta({
      description:
        "With facets: counts over the whole list, of at most 200 concepts, that the pages are cut from",
    }),
    ambiguous: z.literal(true).optional().meta({
      description:
        "Present where the query is a name of several concepts that mean different things, and nothing decides between them",
    }),
    unknownFilters: z
      .array(z.object({ field: z.enum(["sab", "lat", "sty"]), values: z.array(z.string()).min(1) }))
      .optional()
      .meta({
        description: "Values of the filter that the release has not; with them alone nothing is found",
      }),
    noSuchCode: z.literal(true).optional().meta({
      description:
        "Present where the query is written as a code is, and the release has no such code: there are no results",
    }),
    more: z.literal(true).optional().meta({ description: "Present where more results follow" }),
  })
  .meta({ id: "SearchResponse" });

export const searchResponsesSchema = z
  .object({ responses: z.array(searchResponseSchema).meta({ description: "In the order of the queries" }) })
  .meta({ id: "SearchResponses" });
