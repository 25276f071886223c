import { z } from "zod";
import { LIMITS } from "../limits.ts";
import { flagParameter, list, listParameter, queryText, wholeParameter } from "../schemas/parameters.ts";

const identifier = z
  .string()
  .min(1)
  .max(LIMITS.cuiCharacters, `is too long; at most ${LIMITS.cuiCharacters} characters`);

const version = z
  .string()
  .min(1)
  .max(LIMITS.entryCharacters)
  .meta({ description: "`current`, or the name of the active release" });

export const versionPath = z.strictObject({ version });
export const cuiPath = z.strictObject({ version, cui: identifier });
export const sourcePath = z.strictObject({ version, source: identifier, id: identifier });

/** Clients of UTS send their key with each request; it is read before the route. Other parameters are let pass. */
const key = z
  .string()
  .max(LIMITS.queryCharacters)
  .optional()
  .meta({ description: "Key, where the server asks for one" });

const paging = {
  apiKey: key,
  pageNumber: wholeParameter(1, 1_000, 1, "Page, from 1"),
  pageSize: wholeParameter(1, LIMITS.utsPageSize, 25, "Results on a page"),
};

export const plainQuery = z.object({ apiKey: key });
export const pagedQuery = z.object(paging);

const suppressed = {
  includeObsolete: flagParameter.meta({ description: "Also what its source has given up" }),
  includeSuppressible: flagParameter.meta({ description: "Also what is suppressed for another reason" }),
};

export const atomsQuery = z.object({
  ...paging,
  ...suppressed,
  sabs: listParameter("Sources"),
  ttys: listParameter("Term types"),
  language: listParameter("Languages (LAT)"),
});

export const relationsQuery = z.object({
  ...paging,
  sabs: listParameter("Sources"),
  includeRelationLabels: listParameter("REL values, e.g. RN"),
  includeAdditionalRelationLabels: listParameter("RELA values, e.g. isa"),
});

export const definitionsQuery = z.object({ ...paging, sabs: listParameter("Sources") });

export const crosswalkQuery = z.object({
  ...paging,
  ...suppressed,
  targetSource: listParameter("Sources to translate to"),
});

export const SEARCH_TYPES = [
  "exact",
  "words",
  "leftTruncation",
  "rightTruncation",
  "normalizedString",
  "normalizedWords",
  "approximate",
] as const;
const RETURN_ID_TYPES = ["concept", "aui", "code", "sourceUi", "sourceConcept", "sourceDescriptor"] as const;
const INPUT_TYPES = ["atom", "code", "sourceConcept", "sourceDescriptor", "sourceUi"] as const;

const barred = z
  .string()
  .transform((text) => text.split("|").map((part) => part.trim()))
  .transform((parts) => parts.filter(Boolean))
  .pipe(list)
  .optional();

export const searchQuery = z.object({
  ...paging,
  ...suppressed,
  string: queryText.meta({ description: "A term or a code" }),
  inputType: z.enum(INPUT_TYPES).default("atom"),
  searchType: z
    .enum(SEARCH_TYPES)
    .default("words")
    .meta({ description: "`approximate` asks the encoders too, and so finds by meaning" }),
  returnIdType: z.enum(RETURN_ID_TYPES).default("concept"),
  partialSearch: flagParameter.meta({ description: "1: what has some of the words, by meaning" }),
  sabs: listParameter("Sources"),
  semanticTypes: barred.meta({
    description: "TUIs or names of semantic types, with bars between",
    override: { type: "string" },
  }),
  semanticGroups: barred.meta({
    description: "Semantic groups, with bars between, e.g. Disorders",
    override: { type: "string" },
  }),
  legacyNone: flagParameter.meta({ description: "1: one result with ui NONE where nothing is found" }),
});
