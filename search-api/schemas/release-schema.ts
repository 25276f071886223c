import { z } from "zod";

const releaseSchema = z
  .object({
    dataset: z.string(),
    release: z.string(),
    active: z.boolean().meta({ description: "Whether searches go to this release" }),
    ingestedAt: z.string().meta({ format: "date-time" }),
    counts: z.object({
      atoms: z.int(),
      strings: z.int(),
      concepts: z.int(),
      bySab: z.record(z.string(), z.int()).meta({ description: "Atoms by source" }),
      byLat: z.record(z.string(), z.int()).meta({ description: "Atoms by language" }),
    }),
    encoders: z.array(z.object({ id: z.string(), hash: z.string(), dimension: z.int() })),
  })
  .meta({ id: "Release" });

export const releasesSchema = z.object({ releases: z.array(releaseSchema) }).meta({ id: "Releases" });

export type ReleaseView = z.infer<typeof releaseSchema>;
