import { z } from "zod";
import { definePass } from "./pass.ts";

const parameters = z.strictObject({
  /** How much ONNX Runtime may still rewrite when it loads the graph. */
  graphOptimizationLevel: z.enum(["disabled", "basic", "extended", "all"]).default("all"),
  /** Whether it may fuse residual sums with layer norms, which is slower on CPUs. */
  fuseSkipLayerNorm: z.boolean().optional(),
  /** Tokens of one batch in bulk work. */
  tokenBudget: z.int().min(16).max(65536).optional(),
});

/** Pass `session-tuning`: how ONNX Runtime is to run the graph. The graph itself stays as it is. */
export const sessionTuning = definePass({
  name: "session-tuning",
  description: "how ONNX Runtime loads the graph, and how many tokens make a batch",
  parameters,
  search: { graphOptimizationLevel: ["basic", "all"], tokenBudget: [256, 512, 1024, 2048] },
  usesCalibration: false,
  apply: (piece, { graphOptimizationLevel, fuseSkipLayerNorm, tokenBudget }, { target }) => {
    const mayFuse = fuseSkipLayerNorm ?? target.provider !== "cpu";
    const session = {
      ...piece.session,
      graphOptimizationLevel,
      disabledOptimizers: mayFuse ? [] : ["SkipLayerNormFusion"],
      ...(tokenBudget === undefined ? {} : { tokenBudget }),
    };
    return { ...piece, session };
  },
});
