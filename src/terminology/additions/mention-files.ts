import { readdir, readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { statOf, unreadable } from "../files/file-access.ts";
import { TermduetError } from "../termduet-error.ts";
import { biocJsonMentions, biocXmlMentions } from "./bioc.ts";
import { identifiersIn, type Mention, mentionAt } from "./mention.ts";
import { rowsOf } from "./small-table.ts";

/**
 * Reads annotated mentions: PubTator (`.txt`, `.pubtator`), BioC (`.xml`, `.json`), BRAT (an `.ann` beside its `.txt`, or a folder of
 * them), or a table (`.tsv`, `.csv`, `.jsonl`) with `mention`, `id` and, if there is one, `context`.
 * @throws TermduetError `not-found`; `bad-input` for a file that holds no mention.
 */
export async function readMentions(path: string): Promise<Mention[]> {
  const mentions = await mentionsOf(path);
  if (mentions.length === 0)
    throw new TermduetError(
      "bad-input",
      `${path} holds no annotated mention; give PubTator, BioC, BRAT, or a table with mention, id, context`,
    );
  return mentions;
}

async function mentionsOf(path: string): Promise<Mention[]> {
  if ((await statOf(path)).isDirectory()) {
    const files = (await readdir(path)).filter((name) => name.endsWith(".ann")).sort();
    return (await Promise.all(files.map((name) => bratMentions(join(path, name))))).flat();
  }
  switch (extname(path).toLowerCase()) {
    case ".ann":
      return bratMentions(path);
    case ".xml":
      return biocXmlMentions(await textOf(path), path);
    case ".json":
      return biocJsonMentions(await textOf(path), path);
    case ".tsv":
    case ".csv":
    case ".jsonl":
      return tableMentions(path);
    default:
      return pubtatorMentions(await textOf(path));
  }
}

async function textOf(path: string): Promise<string> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  return text.replace(/^\uFEFF/, "");
}

/** `PMID|t|…`, `PMID|a|…`, then lines `PMID, start, end, mention, type, id` with tabs; offsets count title, a space, abstract. */
function pubtatorMentions(content: string): Mention[] {
  const texts = new Map<string, string>();
  const mentions: Mention[] = [];
  for (const line of content.split(/\r?\n/)) {
    const part = /^([^|\t]+)\|[ta]\|(.*)$/.exec(line);
    if (part) {
      const before = texts.get(part[1]!);
      texts.set(part[1]!, before === undefined ? part[2]! : `${before} ${part[2]}`);
      continue;
    }
    const [document, start, end, , , ids] = line.split("\t");
    const text = texts.get(document ?? "");
    if (text === undefined || ids === undefined) continue;
    const mention = mentionAt(text, Number(start), Number(end), identifiersIn(ids));
    if (mention) mentions.push(mention);
  }
  return mentions;
}

/** `T1<tab>Type start end<tab>words`, with `N1<tab>Reference T1 DB:id` or `#1<tab>AnnotatorNotes T1<tab>id`. */
async function bratMentions(path: string): Promise<Mention[]> {
  const [annotations, text] = await Promise.all([textOf(path), textOf(path.replace(/\.ann$/, ".txt"))]);
  const spans = new Map<string, [number, number]>();
  const ids = new Map<string, string[]>();
  for (const line of annotations.split(/\r?\n/)) {
    const [key = "", body = "", rest = ""] = line.split("\t");
    // A mention in pieces is taken from its first to its last.
    const places = key.startsWith("T") ? [...body.matchAll(/\d+/g)].map(Number) : [];
    if (places.length >= 2) spans.set(key, [places[0]!, places.at(-1)!]);
    const [kind, target, id] = body.split(" ");
    const named = kind === "Reference" ? id : kind === "AnnotatorNotes" ? rest : undefined;
    if (target && named) ids.set(target, [...(ids.get(target) ?? []), ...identifiersIn(named)]);
  }
  return [...spans].flatMap(([key, [start, end]]) => mentionAt(text, start, end, ids.get(key) ?? []) ?? []);
}

const COLUMNS = {
  mention: ["mention", "query", "text", "term"],
  id: ["id", "ids", "cui", "cuis", "code", "identifier"],
  context: ["context", "contexte"],
} as const;

async function tableMentions(path: string): Promise<Mention[]> {
  const mentions: Mention[] = [];
  for await (const { mention, id, context } of rowsOf(path, COLUMNS, ["mention", "id"])) {
    const ids = identifiersIn(id);
    if (mention === "" || ids.length === 0) continue;
    const at = context.indexOf(mention);
    const placed = at < 0 ? undefined : mentionAt(context, at, at + mention.length, ids);
    mentions.push(placed ?? { ids, text: mention });
  }
  return mentions;
}
