import { z } from "zod";
import { mentionSchema } from "../../encoder/encoder-manifest.ts";
import { PROVIDERS } from "../../encoder/providers.ts";
import { directionOf } from "../evaluation/metrics.ts";
import { taskSchema } from "../evaluation/tasks.ts";
import { goalProblem, goalSchema } from "../search/goals.ts";

const passSchema = z.strictObject({
  pass: z.string().meta({ description: "name of a pass" }),
  parameters: z
    .record(z.string(), z.union([z.strictObject({ search: z.array(z.unknown()).min(1) }), z.unknown()]))
    .default({})
    .meta({
      description:
        'a value, or {"search": [values]}, by parameter; "search": "default" takes the pass\'s own',
    }),
});

const placeSchema = z
  .union([passSchema, z.array(z.union([passSchema, z.null()])).min(1)])
  .meta({ description: "a pass, or alternatives of which one is taken; null leaves the place empty" });

const criterionSchema = z
  .strictObject({
    metric: z
      .string()
      .meta({ description: "cosine.mean, agreement, latency.avg, throughput, size, task.NAME.MEASURE, …" }),
    /** The lower, the more it counts; 0 is measured and judged by its goal, and does not order candidates. */
    priority: z.int().min(0).default(0),
    goal: goalSchema.optional(),
  })
  .superRefine(({ metric, goal }, context) => {
    const direction = directionOf(metric);
    if (!direction)
      context.addIssue({ code: "custom", path: ["metric"], message: `there is no metric ${metric}` });
    const problem = direction && goal && goalProblem(goal, direction);
    if (problem) context.addIssue({ code: "custom", path: ["goal"], message: problem });
  });

/** The sections are those that the paper names (§4.1). Everything has a default: an empty file is one as well. */
export const optimizerConfigSchema = z.strictObject({
  $schema: z.string().optional(),
  inputModel: z
    .strictObject({
      checkpoint: z
        .string()
        .optional()
        .meta({ description: "a folder, or OWNER/NAME[@REVISION] on the hub" }),
      pooling: z.enum(["mean", "cls"]).optional(),
      prefixes: z.strictObject({ query: z.string(), string: z.string() }).optional(),
      mention: mentionSchema.optional().meta({
        description:
          "markers around a mention that is read in its text, and the tokens of both together (KRISSBERT)",
      }),
      maxTokens: z.int().min(4).max(8192).optional(),
    })
    .prefault({}),
  dataConfigs: z
    .strictObject({
      strings: z
        .string()
        .optional()
        .meta({ description: "file of strings, one a line; default: the sample release" }),
      calibration: z.int().min(1).default(400).meta({ description: "strings that scales are set with" }),
      evaluation: z
        .int()
        .min(8)
        .default(800)
        .meta({ description: "other strings that candidates are judged with" }),
      tasks: z.array(taskSchema).default([]),
    })
    .prefault({}),
  evaluationCriteria: z.array(criterionSchema).optional(),
  devices: z
    .strictObject({
      provider: z.enum(PROVIDERS).default("cpu"),
      threads: z.int().min(1).max(256).default(1),
      portable: z
        .boolean()
        .default(false)
        .meta({ description: "INT8 for CPUs without VNNI, AMX and I8MM too: weights of 7 bits" }),
    })
    .prefault({}),
  engine: z
    .strictObject({
      cache: z
        .string()
        .default(".termduet/optimizer")
        .meta({ description: "folder of what was made and measured" }),
      keepModels: z.boolean().default(false).meta({ description: "keep the graphs of all candidates there" }),
      timingSeconds: z
        .number()
        .positive()
        .default(20)
        .meta({ description: "longest timing of one candidate" }),
    })
    .prefault({}),
  searchStrategy: z
    .strictObject({
      executionOrder: z.enum(["joint", "pass-by-pass"]).default("joint"),
      sampler: z.enum(["tpe", "random", "exhaustive"]).default("tpe"),
      maxSamples: z.int().min(0).default(12).meta({ description: "candidates to try; 0 tries all" }),
      maxMinutes: z.number().min(0).optional(),
      seed: z.int().default(0),
      stopWhenGoalsMet: z.boolean().default(false),
    })
    .prefault({}),
  passes: z.array(placeSchema).min(1).optional(),
});

/** A search, all defaults filled in but for criteria and passes, which depend on the provider. */
export type OptimizerConfig = z.output<typeof optimizerConfigSchema>;
export type Criterion = z.output<typeof criterionSchema>;
export type PlaceConfig = z.output<typeof placeSchema>;
