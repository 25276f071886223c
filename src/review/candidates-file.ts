import { createReadStream, existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { z } from "zod";
import { TEXT_FIELDS } from "../alignment/entry-texts.ts";
import { TermduetError } from "../terminology/termduet-error.ts";

const rating = z.int().min(0).max(5);

const candidateSchema = z.object({
  cui: z.string().min(1),
  name: z.string(),
  string: z.string(),
  cosine: z.number(),
  rating,
  rank: z.int().min(1),
  grade: z.number().optional(),
  field: z.enum(TEXT_FIELDS).optional(),
});

const lineSchema = z.object({
  id: z.string().min(1),
  candidates: z.record(z.string(), z.array(candidateSchema)),
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
  const { path, message } = result.error.issues[0]!;
  throw new TermduetError("bad-input", `${where}: ${path.join(".") || "the line"}: ${message}`);
}
