import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { TermduetError } from "../../terminology/termduet-error.ts";
import { conceptKey } from "../mappings/concept-key.ts";

const lineSchema = z.object({ id: z.string(), ranking: z.array(z.object({ cui: z.string() })) });

/**
 * The candidates of each entry, best first, from the `candidates.jsonl` of a folder that `align` wrote; undefined where
 * `path` is no such folder.
 */
export async function readCandidates(path: string): Promise<Map<string, string[]> | undefined> {
  const file = join(path, "candidates.jsonl");
  if (!(await stat(path)).isDirectory() || !existsSync(file)) return undefined;
  const lists = new Map<string, string[]>();
  const lines = (await readFile(file, "utf8")).split("\n");
  for (const [i, line] of lines.entries()) {
    if (line === "") continue;
    const parsed = lineSchema.safeParse(json(line));
    if (!parsed.success)
      throw new TermduetError("bad-input", `${file}, line ${i + 1} is no list of candidates; align again`);
    const { id, ranking } = parsed.data;
    lists.set(
      conceptKey(id),
      ranking.map(({ cui }) => conceptKey(cui)),
    );
  }
  return lists;
}

function json(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
