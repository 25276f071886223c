import { z } from "zod";
import { FACET_FIELDS } from "../../src/retrieval/rank/facets.ts";
import { KNOWN_LANGUAGES, latOf } from "../../src/terminology/languages.ts";
import { SEMANTIC_GROUPS, semanticGroup } from "../../src/terminology/semantic-groups.ts";
import { LIMITS } from "../limits.ts";
import "zod-openapi"; // types of `.meta()`

const entry = z.string().min(1).max(LIMITS.entryCharacters);

/** A list in a body. */
export const list = z.array(entry).max(LIMITS.listEntries);

const GROUPS = SEMANTIC_GROUPS.map(({ id }) => id);

/** Semantic groups by their four letters or names, as the letters. */
export const groupList = z
  .array(
    entry
      .refine((name) => semanticGroup(name) !== undefined, `must be of ${GROUPS.join(", ")}`)
      .transform((name) => semanticGroup(name)!.id)
      .meta({ override: { type: "string", enum: GROUPS } }),
  )
  .max(LIMITS.listEntries);

const KNOWN_LANGUAGE = "must be a language, e.g. fr or FRE";

/** Languages by any usual tag, as LAT, in order of preference. */
export const languageList = z
  .array(
    entry
      .refine((tag) => latOf(tag) !== undefined, KNOWN_LANGUAGE)
      .transform((tag) => latOf(tag)!)
      .meta({ override: { type: "string", enum: [...KNOWN_LANGUAGES] } }),
  )
  .max(LIMITS.listEntries);

const FACETS = [...FACET_FIELDS];

/** Fields whose values shall be counted. */
export const facetList = z
  .array(z.enum(FACET_FIELDS, `must be of ${FACETS.join(", ")}`))
  .max(LIMITS.listEntries);

/** Parameters that every search takes. */
export const groupParameter = listParameter("Semantic groups, e.g. DISO", groupList, { enum: GROUPS });
export const languageParameter = listParameter(
  "Languages in which concepts shall be named, e.g. fr; the first that has a name, else the preferred name",
  languageList,
  { enum: [...KNOWN_LANGUAGES] },
);
export const facetParameter = listParameter("Fields to count over all results", facetList, { enum: FACETS });

/** A list in a query string: `A,B`. An empty one is as none. */
export function listParameter<Entries extends z.ZodType<readonly string[], string[]> = typeof list>(
  description: string,
  entries: Entries = list as z.ZodType<readonly string[], string[]> as Entries,
  items: { enum?: string[]; pattern?: string; maxLength?: number } = { maxLength: LIMITS.entryCharacters },
) {
  return z
    .string()
    .transform((text) => text.split(",").map((part) => part.trim()))
    .refine(
      (parts) => parts.length <= LIMITS.listEntries,
      `holds too many; at most ${LIMITS.listEntries} are read`,
    )
    .transform((parts) => parts.filter(Boolean))
    .pipe(entries)
    .optional()
    .meta({
      description: `${description}; several with commas between`,
      param: { style: "form", explode: false },
      override: {
        type: "array",
        items: { type: "string", ...items },
        maxItems: LIMITS.listEntries,
      },
    });
}

/** A whole number in a query string. */
export function wholeParameter(from: number, to: number, standard: number, description: string) {
  const message = `must be a whole number from ${from} to ${to}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, message)
    .transform(Number)
    .pipe(z.int().min(from, message).max(to, message))
    .default(standard)
    .meta({
      description,
      override: { type: "integer", minimum: from, maximum: to, default: standard },
    });
}

/** A switch in a query string. */
export const flagParameter = z
  .enum(["0", "1", "false", "true"], "must be 1 or 0")
  .transform((value) => value === "1" || value === "true")
  .default(false);

export const queryText = z
  .string()
  .min(1, "is empty; give some words to search for")
  .max(LIMITS.queryCharacters, `is too long; at most ${LIMITS.queryCharacters} characters are searched`)
  // A lone surrogate is no text; it would be lost on the way to the store anyway.
  .transform((text) => text.toWellFormed())
  .meta({ override: { type: "string", minLength: 1, maxLength: LIMITS.queryCharacters } });

/** The text in which a query stands; an empty one is none. */
export const contextText = z
  .string()
  .max(LIMITS.contextCharacters, `is too long; at most ${LIMITS.contextCharacters} characters are read`)
  .transform((text) => text.toWellFormed())
  .meta({
    description: "Text in which the query stands: what its abbreviations mean is read there",
    override: { type: "string", maxLength: LIMITS.contextCharacters },
  });

/** The same in a body, where it may be a list too: the search itself says what is too long of which query. */
export const contextsInBody = z
  .string()
  .transform((text) => text.toWellFormed())
  .meta({ override: { type: "string", maxLength: LIMITS.contextCharacters } });

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** Names of datasets and encoders. They may be repeated in messages, so they can't be just any text. */
export const nameText = z.string().regex(NAME, "is no name");

/** Encoders, by their ids. */
export const encodersParameter = listParameter(
  "Encoders to ask; all of the release when left out",
  z.array(nameText).max(LIMITS.listEntries),
  { pattern: NAME.source },
);

export const datasetParameter = nameText
  .optional()
  .meta({ description: "Dataset; may be left out where the store holds one" });
