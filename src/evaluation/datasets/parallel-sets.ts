import { extname } from "node:path";
import { TermduetError } from "../../terminology/termduet-error.ts";
import { labelledTable } from "./labelled-table.ts";
import { childText } from "./similarity-pairs.ts";
import { xmlElements } from "./xml-elements.ts";

/** A sentence and the candidates of which one or more are parallel to it: task 2 of DEFT 2020, where there are three. */
export interface ParallelSet {
  id: string;
  source: string;
  candidates: { num: string; text: string }[];
  /** `num` of the right candidates. */
  right: string[];
  line: number;
}

const COLUMNS = {
  id: ["id"],
  source: ["source"],
  num: ["num"],
  target: ["target", "cible", "candidate"],
  label: ["label", "right"],
} as const;

/**
 * Reads the sets of a parallel sentence task: the XML of DEFT 2020 as it is distributed (`<ensemble id cible><source/>
 * <cible num/> … </ensemble>`, the attribute `cible` naming the right one), or a table with a row per candidate: `id`,
 * `source`, `target` and `label`, which is the `num` of the right candidate where there is a column `num`, and else 1 on
 * the right rows and 0 on the others.
 * @throws TermduetError `bad-input`, with the line, for a set without a source, without two candidates or without the one
 *   that is right.
 */
export async function readParallelSets(path: string): Promise<ParallelSet[]> {
  const isXml = extname(path).toLowerCase() === ".xml";
  const sets = isXml ? await xmlSets(path) : await tableSets(path);
  if (sets.length === 0)
    throw new TermduetError(
      "bad-input",
      `${path} holds no set: an <ensemble> of DEFT 2020's task 2 is looked for`,
    );
  for (const set of sets) check(set, path);
  return sets;
}

async function xmlSets(path: string): Promise<ParallelSet[]> {
  const elements = await xmlElements(path, new Set(["ensemble"]));
  return elements.map((element) => ({
    id: element.attributes["id"] ?? String(element.line),
    source: childText(element, "source"),
    candidates: element.children
      .filter(({ name }) => name === "cible")
      .map(({ attributes, text }, i) => ({ num: attributes["num"] ?? String(i + 1), text })),
    right: [element.attributes["cible"] ?? ""],
    line: element.line,
  }));
}

async function tableSets(path: string): Promise<ParallelSet[]> {
  const rows = await labelledTable(path, COLUMNS, ["id", "source", "target", "label"]);
  const named = rows.some(({ cells }) => cells.num !== "");
  const sets = new Map<string, ParallelSet>();
  for (const { line, cells } of rows) {
    const set = sets.get(cells.id) ?? { id: cells.id, source: cells.source, candidates: [], right: [], line };
    sets.set(cells.id, set);
    const num = named ? cells.num : String(set.candidates.length + 1);
    if (!named && !/^[01]$/.test(cells.label))
      throw new TermduetError(
        "bad-input",
        `${path}, line ${line}: label is 1 for a right candidate and 0 for another, or there is a column num`,
      );
    if (named ? num === cells.label : cells.label === "1") set.right.push(num);
    set.candidates.push({ num, text: cells.target });
  }
  return [...sets.values()];
}

function check({ id, source, candidates, right, line }: ParallelSet, path: string): void {
  const wrong = (what: string): TermduetError =>
    new TermduetError("bad-input", `${path}, line ${line}: set ${id} ${what}`);
  if (source === "") throw wrong("has no source sentence");
  if (candidates.length < 2) throw wrong("has no two candidates to choose from");
  if (candidates.some(({ text }) => text === "")) throw wrong("has an empty candidate");
  if (right.length === 0 || right.some((num) => !candidates.some((candidate) => candidate.num === num)))
    throw wrong("does not have the candidate that is said to be right");
}
