import { createReadStream, existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { TermduetError } from "../../src/terminology/termduet-error.ts";

/** For each retired concept those that took its place; none for one that was deleted. */
export type RetiredConcepts = ReadonlyMap<string, ReadonlySet<string>>;

const COLUMNS = { CUI1: 0, REL: 2, CUI2: 5 } as const;

/**
 * Reads MRCUI.RRF (CUI1|VER|REL|RELA|MAPREASON|CUI2|MAPIN): retired CUIs and what they were mapped to (SY, RB, RN, RO) or that
 * they were deleted (DEL). Errors: `not-found`, `bad-input` naming the line.
 */
export async function readRetiredConcepts(path: string): Promise<RetiredConcepts> {
  if (!existsSync(path)) throw new TermduetError("not-found", `${path} is not there`);
  const retired = new Map<string, Set<string>>();
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(path, "utf8") })) {
    number++;
    const cells = line.split("|");
    const cui = cells[COLUMNS.CUI1];
    if (cells.length < 7 || !/^C\d+$/.test(cui ?? ""))
      throw new TermduetError(
        "bad-input",
        `${path}, line ${number}: this is no row of MRCUI; give MRCUI.RRF`,
      );
    const known = retired.get(cui!) ?? new Set();
    retired.set(cui!, known);
    const successor = cells[COLUMNS.CUI2]!;
    if (cells[COLUMNS.REL] !== "DEL" && successor !== "") known.add(successor);
  }
  return retired;
}

/** Where a concept went: itself while it is current, else its successors by any number of steps. */
export function successorsOf(
  cui: string,
  retired: RetiredConcepts,
  isCurrent: (cui: string) => boolean,
): string[] {
  const seen = new Set([cui]);
  const current: string[] = [];
  for (const next of seen) {
    if (isCurrent(next)) current.push(next);
    else for (const successor of retired.get(next) ?? []) seen.add(successor);
  }
  return current;
}
