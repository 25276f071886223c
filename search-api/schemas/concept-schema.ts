import { z } from "zod";
import { LIMITS } from "../limits.ts";
import { datasetParameter } from "./parameters.ts";
import { semanticTypeSchema } from "./search-schema.ts";

export const conceptPathSchema = z.strictObject({
  cui: z
    .string()
    .min(1)
    .max(LIMITS.cuiCharacters, `is too long; at most ${LIMITS.cuiCharacters} characters`)
    .meta({ description: "CUI, or the identifier that stands for it in this dataset" }),
});

export const conceptQuerySchema = z.strictObject({
  dataset: datasetParameter,
  lat: z
    .string()
    .regex(/^[A-Za-z]{2,8}$/, "must be a language, e.g. FRE")
    .optional()
    .meta({ description: "Language (LAT) for the names of related concepts, where they have one" }),
});

const relatedName = z
  .string()
  .optional()
  .meta({ description: "Absent when the release does not hold the concept" });

const neighbourSchema = z
  .object({ cui: z.string(), name: relatedName, sabs: z.array(z.string()) })
  .meta({ id: "Neighbour" });

const relationSchema = z
  .object({
    rel: z
      .string()
      .meta({ description: "REL of MRREL, seen from this concept: RB broader, RN narrower, RO other …" }),
    rela: z
      .string()
      .meta({ description: "The source's own label: what `cui` is to this concept; may be empty" }),
    cui: z.string(),
    name: relatedName,
    sabs: z.array(z.string()),
  })
  .meta({ id: "Relation" });

const atomSchema = z
  .object({
    aui: z.string(),
    cui: z.string(),
    sab: z.string(),
    tty: z.string(),
    lat: z.string(),
    code: z.string(),
    isPref: z.boolean(),
    suppress: z.enum(["N", "O", "E", "Y"]),
    str: z.string(),
  })
  .meta({ id: "Atom", description: "A row of MRCONSO" });

const stepSchema = z
  .object({
    aui: z.string(),
    cui: z.string().optional(),
    name: z.string().optional(),
  })
  .meta({ id: "HierarchyStep", description: "`cui` and `name` where the atom could be resolved" });

export const conceptSchema = z
  .object({
    dataset: z.string(),
    release: z.string(),
    cui: z.string(),
    name: z.string(),
    names: z.record(z.string(), z.string()).meta({ description: "Preferred name by language (LAT)" }),
    semanticTypes: z.array(semanticTypeSchema),
    definitions: z.array(
      z.object({
        sab: z.string(),
        text: z.string(),
        added: z
          .literal(true)
          .optional()
          .meta({ description: "Not the release's own: a gloss added at ingest" }),
        licence: z.string().optional(),
      }),
    ),
    atoms: z.array(atomSchema),
    parents: z.array(neighbourSchema),
    children: z.array(neighbourSchema),
    relations: z.array(relationSchema).meta({ description: "Neither parents nor children" }),
    relationCount: z
      .int()
      .meta({ description: "Rows of MRREL; of a concept with very many the lists above hold a part" }),
    hierarchies: z.array(
      z.object({
        aui: z.string(),
        sab: z.string(),
        path: z.array(stepSchema).meta({ description: "From the root to the parent" }),
      }),
    ),
  })
  .meta({ id: "Concept" });

export type ConceptView = z.infer<typeof conceptSchema>;
