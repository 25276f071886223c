import { extname } from "node:path";
import { TermduetError } from "../../terminology/termduet-error.ts";
import { seededRandom, shuffled } from "../metrics/seeded-random.ts";
import { labelledTable, numberOf } from "./labelled-table.ts";
import { type XmlElement, xmlElements } from "./xml-elements.ts";

/** Two sentences and how similar people find them: task 1 of DEFT 2020. */
export interface SimilarityPair {
  id: string;
  source: string;
  target: string;
  /** The reference, 0 to 5: `vote` of DEFT's files, *mark* of the paper. */
  mark: number;
  /** Mean of the annotators' scores: `moy`, *mean*. */
  mean?: number;
  line: number;
}

const COLUMNS = {
  id: ["id"],
  source: ["source", "sentence1"],
  target: ["target", "cible", "sentence2"],
  mark: ["mark", "vote", "label", "score"],
  mean: ["mean", "moy"],
} as const;

/**
 * Reads the pairs of a similarity task: the XML of DEFT 2020 as it is distributed
 * (`<paire id vote moy scores><source/><cible/></paire>`), or a table with the columns `source`, `target`, `mark` and
 * optionally `id`, `mean`.
 * @throws TermduetError `bad-input`, with the line, for a mark that is no number from 0 to 5 or an empty sentence.
 */
export async function readSimilarityPairs(path: string): Promise<SimilarityPair[]> {
  const isXml = extname(path).toLowerCase() === ".xml";
  const pairs = isXml ? await xmlPairs(path) : await tablePairs(path);
  if (pairs.length > 0) return pairs;
  throw new TermduetError(
    "bad-input",
    `${path} holds no pair: a <paire> of DEFT 2020's task 1 is looked for`,
  );
}

async function xmlPairs(path: string): Promise<SimilarityPair[]> {
  const elements = await xmlElements(path, new Set(["paire"]));
  return elements.map((element) => {
    const { attributes, line } = element;
    return pairOf(path, line, {
      id: attributes["id"] ?? "",
      source: childText(element, "source"),
      target: childText(element, "cible"),
      mark: attributes["vote"] ?? "",
      mean: attributes["moy"] ?? "",
    });
  });
}

async function tablePairs(path: string): Promise<SimilarityPair[]> {
  const rows = await labelledTable(path, COLUMNS, ["source", "target", "mark"]);
  return rows.map(({ line, cells }) => pairOf(path, line, cells));
}

function pairOf(
  path: string,
  line: number,
  cells: Readonly<Record<keyof typeof COLUMNS, string>>,
): SimilarityPair {
  const { source, target } = cells;
  if (source === "" || target === "")
    throw new TermduetError("bad-input", `${path}, line ${line}: a pair needs two sentences`);
  const grade = (text: string, what: string): number => {
    const value = numberOf(text, what, path, line);
    if (value >= 0 && value <= 5) return value;
    throw new TermduetError("bad-input", `${path}, line ${line}: ${what} ${value} is not from 0 to 5`);
  };
  return {
    id: cells.id || String(line),
    source,
    target,
    mark: grade(cells.mark, "the mark"),
    ...(cells.mean === "" ? {} : { mean: grade(cells.mean, "the mean") }),
    line,
  };
}

export function childText({ children }: XmlElement, name: string): string {
  return children.find((child) => child.name === name)?.text ?? "";
}

/** From here on a grade of the six-point scale is a positive one. */
export const POSITIVE_FROM = 2.5;

/**
 * The balancing of the paper's appendix B: pairs whose mark and mean lie on different sides of the scale's middle are
 * taken out (its examples: mark 5 with mean 2.1, mark 4 with mean 2), then the larger of the two classes is thinned at
 * random to the size of the smaller. What is kept stands in its old order.
 */
export function balancedPairs(pairs: readonly SimilarityPair[], seed: number): SimilarityPair[] {
  const isPositive = (grade: number): boolean => grade >= POSITIVE_FROM;
  const agreed = pairs.filter(
    ({ mark, mean }) => mean === undefined || isPositive(mark) === isPositive(mean),
  );
  const classes = [true, false].map((side) => agreed.filter(({ mark }) => isPositive(mark) === side));
  const least = Math.min(...classes.map((members) => members.length));
  const random = seededRandom(seed);
  const kept = new Set(classes.flatMap((members) => shuffled(members, random).slice(0, least)));
  return agreed.filter((pair) => kept.has(pair));
}
