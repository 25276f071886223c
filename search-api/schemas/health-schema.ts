import { z } from "zod";

export const aliveSchema = z.object({ status: z.literal("ok"), version: z.string() }).meta({ id: "Alive" });

export const readinessSchema = z
  .object({
    status: z.literal("ok"),
    releases: z.array(
      z.object({
        dataset: z.string(),
        release: z.string(),
        encoders: z.array(z.string()),
        ready: z.boolean().meta({ description: "false: its encoders are not those of this server" }),
      }),
    ),
  })
  .meta({ id: "Ready", description: "The store answers, and encoders encode" });

export type Readiness = z.infer<typeof readinessSchema>;
