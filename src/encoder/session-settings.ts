import { z } from "zod";

/** How ONNX Runtime is to run an encoder's graph; part of `encoder.json`. */
export const sessionSettingsSchema = z.object({
  /** How much ONNX Runtime may still rewrite when it loads the graph. */
  graphOptimizationLevel: z.enum(["disabled", "basic", "extended", "layout", "all"]).default("all"),
  /** Rewrites that it must not do. Add + LayerNormalization is nine times faster on CPU than their fusion. */
  disabledOptimizers: z.array(z.string().regex(/^\w+$/)).default(["SkipLayerNormFusion"]),
  /** Whether weights have 8 bits, which CPUs without VNNI, AMX or I8MM multiply to other sums than those that have it. */
  exactInt8: z.boolean().optional(),
  /** Tokens of one batch in bulk work; absent where it was not measured. */
  tokenBudget: z.int().positive().optional(),
});

export type SessionSettings = z.infer<typeof sessionSettingsSchema>;

/** What holds where `encoder.json` says nothing. */
export const DEFAULT_SESSION_SETTINGS: SessionSettings = sessionSettingsSchema.parse({});
