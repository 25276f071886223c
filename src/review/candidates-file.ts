import { createReadStream, existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { z } from "zod";
import { TermduetError } from "../terminology/termduet-error.ts";

const rating = z.int().min(0).max(5);

const seenSchema = z.object({
  string: z.string(),
  cosine: z.number(),
  rating,
  rank: z.int().min(1),
  grade: z.number().optional(),
  field: z.enum(["term and explanation", "term", "synonym"]).optional().catch(undefined),
});

/** Candidates by encoder. */
const byEncoderSchema = z.record(
  z.string(),
  z.array(seenSchema.extend({ cui: z.string().min(1), name: z.string() })),
);

/** Candidates by concept; an encoder that found nothing of one has no cosine of it. */
const byConceptSchema = z
  .array(
    z.object({
      cui: z.string().min(1),
      name: z.string(),
      encoders: z.record(z.string(), z.union([seenSchema, z.object({ cosine: z.null() })])),
    }),
  )
  .transform((concepts) => {
    const byEncoder: z.output<typeof byEncoderSchema> = {};
    for (const { cui, name, encoders } of concepts)
      for (const [encoder, seen] of Object.entries(encoders)) {
        byEncoder[encoder] ??= [];
        if ("rank" in seen) byEncoder[encoder].push({ cui, name, ...seen });
      }
    return byEncoder;
  });

const lineSchema = z.object({
  id: z.string().min(1),
  candidates: z.union([byEncoderSchema, byConceptSchema]),
  merged: z.object({ cui: z.string().min(1), confidence: z.number().optional() }).nullish(),
});

/** A line of `candidates.jsonl`, as far as `alignments.csv` does not tell it already. */
export type CandidatesLine = z.infer<typeof lineSchema>;

/**
 * Reads `candidates.jsonl`, one JSON a line per entry, by the entry's id; undefined where there is no such file.
 * Errors: `bad-input` with the line for what is no such JSON, and for an id that comes twice.
 */
export async function readCandidates(path: string): Promise<Map<string, CandidatesLine> | undefined> {
  if (!existsSync(path)) return undefined;
  const entries = new Map<string, CandidatesLine>();
  let line = 0;
  for await (const text of createInterface({
    input: createReadStream(path),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    line++;
    if (text.trim() === "") continue;
    const entry = lineOf(text, `${path}, line ${line}`);
    if (entries.has(entry.id))
      throw new TermduetError("bad-input", `${path}, line ${line}: the id of an earlier line comes again`);
    entries.set(entry.id, entry);
  }
  return entries;
}

function lineOf(text: string, where: string): CandidatesLine {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new TermduetError("bad-input", `${where}: not JSON; run \`termduet align\` again`, { cause });
  }
  const result = lineSchema.safeParse(json);
  if (result.success) return result.data;
  const { path, message } = innermost(result.error.issues[0]!);
  throw new TermduetError("bad-input", `${where}: ${path.join(".") || "the line"}: ${message}`);
}

/** Of a choice between forms what is wrong with the first. */
function innermost(issue: z.core.$ZodIssue): { path: PropertyKey[]; message: string } {
  const inner = issue.code === "invalid_union" ? issue.errors[0]?.[0] : undefined;
  if (!inner) return issue;
  const { path, message } = innermost(inner);
  return { path: [...issue.path, ...path], message };
}
