import { readFile, stat } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { unreadable } from "../../terminology/files/file-access.ts";
import { TermduetError } from "../../terminology/termduet-error.ts";
import { conceptKey } from "./concept-key.ts";
import { labelledTable, numberOf } from "./labelled-table.ts";
import { childText } from "./similarity-pairs.ts";
import { sssomRows } from "./sssom-rows.ts";
import { xmlElements } from "./xml-elements.ts";

/** What a file says of a pair: `same`, or `unsure`, which is neither right nor wrong (OAEI's `?`, broader, related). */
type MappingRelation = "same" | "unsure";

interface Mapping {
  subject: string;
  object: string;
  relation: MappingRelation;
  /** How sure it is, the surer the higher; 1 where the file does not say. */
  score: number;
}

/** Mappings of a file, or a reference. */
export interface MappingFile {
  mappings: Mapping[];
  /** All that the file looks at, those without an object too. */
  subjects: Set<string>;
  /** Several objects of a subject are alternatives, of which one is enough. */
  alternatives: boolean;
}

const COLUMNS = {
  id: ["id", "subject id", "source"],
  cui: ["cui", "cuis", "object id", "target"],
  score: ["probability", "confidence", "score"],
  rating: ["rating"],
  accepted: ["accepted"],
} as const;

/**
 * Reads mappings: a folder that `align` wrote (its `alignments.csv`), an SSSOM file (`.sssom.tsv`), an OAEI alignment
 * (`.rdf`, `.xml`), or a table (`.tsv`, `.csv`) with `id`, `cui` (several between `|` are alternatives) and optionally
 * `probability`, `confidence` or `score`; pairs that `accepted` says were not taken are none.
 * @throws TermduetError `not-found`; `bad-input` for what is none of these, with the line.
 */
export async function readMappings(path: string): Promise<MappingFile> {
  const stats = await stat(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  if (stats.isDirectory()) return tableMappings(join(path, "alignments.csv"));
  const name = basename(path).toLowerCase();
  if (name.endsWith(".sssom.tsv")) return sssomMappings(path);
  const extension = extname(name);
  if (extension === ".rdf" || extension === ".xml" || extension === ".owl") return oaeiMappings(path);
  if (extension === ".tsv" || extension === ".csv") return tableMappings(path);
  throw new TermduetError(
    "bad-input",
    `${path}: give a folder that align wrote, a .sssom.tsv, an OAEI .rdf, or a .tsv or .csv with id and cui`,
  );
}

async function tableMappings(path: string): Promise<MappingFile> {
  const rows = await labelledTable(path, COLUMNS, ["id", "cui"]);
  const subjects = new Set<string>();
  let alternatives = false;
  const mappings = rows.flatMap(({ line, cells }) => {
    if (cells.id === "") throw new TermduetError("bad-input", `${path}, line ${line}: empty id`);
    const subject = conceptKey(cells.id);
    subjects.add(subject);
    // The best that `align` found for an entry, and did not take.
    if (cells.accepted.toLowerCase() === "false") return [];
    const objects = cells.cui
      .split("|")
      .map((object) => object.trim())
      .filter(Boolean);
    if (objects.length > 1) alternatives = true;
    const given = cells.score || cells.rating;
    const score = given === "" ? 1 : numberOf(given, "the score", path, line);
    return objects.map(
      (object): Mapping => ({ subject, object: conceptKey(object), relation: "same", score }),
    );
  });
  return { mappings, subjects, alternatives };
}

const SAME = /^(skos:exactMatch|owl:equivalentClass|owl:sameAs)$/;
const NO_OBJECT = "sssom:NoTermFound";

/** The rows of the merged pairs where there are such (`align` writes one per entry beside the evidence), else all. */
async function sssomMappings(path: string): Promise<MappingFile> {
  const { rows, prefixes } = await sssomRows(path);
  const composite = rows.filter((row) => row.cells["mapping_justification"] === "semapv:CompositeMatching");
  const subjects = new Set<string>();
  const mappings = (composite.length > 0 ? composite : rows).flatMap(({ cells, line }): Mapping[] => {
    const lexiconId = /(?:^|\|)lexicon_id=((?:\\.|[^|\\])*)/.exec(cells["other"] ?? "")?.[1];
    const named = lexiconId?.replace(/\\(.)/g, "$1") ?? cells["subject_id"] ?? "";
    const subject = conceptKey(named, prefixes) || (cells["subject_label"] ?? "");
    if (subject === "")
      throw new TermduetError("bad-input", `${path}, line ${line}: a mapping without a subject`);
    subjects.add(subject);
    const object = cells["object_id"] ?? "";
    if (object === "" || object === NO_OBJECT || cells["predicate_modifier"] === "Not") return [];
    const confidence = cells["confidence"] ?? "";
    const isSame = composite.length > 0 || SAME.test(cells["predicate_id"] ?? "");
    return [
      {
        subject,
        object: conceptKey(object, prefixes),
        relation: isSame ? "same" : "unsure",
        score: confidence === "" ? 1 : numberOf(confidence, "the confidence", path, line),
      },
    ];
  });
  return { mappings, subjects, alternatives: false };
}

async function oaeiMappings(path: string): Promise<MappingFile> {
  const cells = await xmlElements(path, new Set(["Cell"]));
  if (cells.length === 0 && !/Alignment/.test(await readFile(path, "utf8")))
    throw new TermduetError(
      "bad-input",
      `${path} holds no alignment: a <Cell> of the OAEI format is looked for`,
    );
  const subjects = new Set<string>();
  const mappings = cells.map((cell): Mapping => {
    const entity = (name: string): string => {
      const element = cell.children.find((child) => child.name === name);
      const iri = element?.attributes["resource"] ?? element?.text ?? "";
      if (iri !== "") return conceptKey(iri);
      throw new TermduetError("bad-input", `${path}, line ${cell.line}: a <Cell> without ${name}`);
    };
    const measure = childText(cell, "measure");
    const subject = entity("entity1");
    subjects.add(subject);
    return {
      subject,
      object: entity("entity2"),
      relation: childText(cell, "relation") === "=" ? "same" : "unsure",
      score: measure === "" ? 1 : numberOf(measure, "the measure", path, cell.line),
    };
  });
  return { mappings, subjects, alternatives: false };
}
