import { z } from "zod";
import { LIMITS } from "../limits.ts";
import "zod-openapi"; // types of `.meta()`

const entry = z.string().min(1).max(LIMITS.entryCharacters);

/** A list in a body. */
export const list = z.array(entry).max(LIMITS.listEntries);

/** A list in a query string: `A,B`. An empty one is no filter. */
export function listParameter(description: string) {
  return z
    .string()
    .transform((text) => text.split(",").map((part) => part.trim()))
    .transform((parts) => parts.filter(Boolean))
    .pipe(list)
    .optional()
    .meta({
      description: `${description}; several with commas between`,
      param: { style: "form", explode: false },
      override: { type: "array", items: { type: "string" }, maxItems: LIMITS.listEntries },
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

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** Names of datasets and encoders. They may be repeated in messages, so they can't be just any text. */
export const nameText = z.string().regex(NAME, "is no name");

export const datasetParameter = nameText
  .optional()
  .meta({ description: "Dataset; may be left out where the store holds one" });
