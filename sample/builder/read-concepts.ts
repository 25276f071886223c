import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Concept, type Lang, type Link, type Mark, type Place, SEMANTIC_TYPES } from "./model.ts";
import { fail } from "./problems.ts";

export const SAMPLE = dirname(import.meta.dirname);

export function read(file: string): string {
  const path = join(SAMPLE, file);
  if (existsSync(path)) return readFileSync(path, "utf8");
  fail({ file: `sample/${file}`, line: 1 }, "no such file");
  return "";
}

export function readConcepts(): Concept[] {
  const concepts: Concept[] = [];
  const folder = join(SAMPLE, "concepts");
  for (const name of readdirSync(folder).toSorted()) {
    if (!name.endsWith(".txt")) continue;
    const file = `sample/concepts/${name}`;
    const text = readFileSync(join(folder, name), "utf8");
    if (text !== text.normalize("NFC")) fail({ file, line: 1 }, "the file is not in Unicode NFC");
    let concept: Concept | undefined;
    for (const [index, raw] of text.split("\n").entries()) {
      const at = { file, line: index + 1 };
      const line = raw.trim();
      if (line !== raw) fail(at, "space at the start or end of the line");
      if (line === "" || line.startsWith("#")) continue;
      if (line.startsWith("=")) {
        concept = readHead(line, at);
        if (concept) concepts.push(concept);
      } else if (concept) {
        readField(concept, line, at);
      } else {
        fail(at, "a field before the first concept (a line that starts with '=')");
      }
    }
  }
  return concepts;
}

/** `= TD:0016 C0027051 T047 myocardial-infarction < coronary-artery-disease` */
function readHead(line: string, at: Place): Concept | undefined {
  const match = /^= (TD:\d{4}) (C\d{7}) (T\d{3}(?:\+T\d{3})*) ([a-z0-9-]+)(?: < (.+))?$/.exec(line);
  if (!match) {
    fail(at, "expected '= TD:0000 C0000000 T000 slug < parent, …'");
    return undefined;
  }
  const [, code = "", cui = "", types = "", slug = "", parents = ""] = match;
  const tuis = types.split("+");
  for (const tui of tuis) if (!(tui in SEMANTIC_TYPES)) fail(at, `unknown semantic type ${tui}`);
  return {
    code,
    cui,
    slug,
    tuis,
    at,
    parents: links(parents, at).map((link) =>
      link.slug.startsWith("part:")
        ? { ...link, slug: link.slug.slice(5), partOf: true }
        : { ...link, partOf: false },
    ),
    names: [],
    definitions: [],
    sites: [],
    treats: [],
  };
}

function links(text: string, at: Place): Link[] {
  if (text === "") return [];
  return text.split(", ").map((slug) => ({ slug, at }));
}

function readField(concept: Concept, line: string, at: Place): void {
  const colon = line.indexOf(": ");
  const key = line.slice(0, colon);
  const value = line.slice(colon + 2);
  if (colon < 0 || value.trim() === "") {
    fail(at, "expected 'field: value'");
    return;
  }
  if (value.includes("|")) fail(at, "'|' parts the columns of RRF and cannot stand in a text");
  const [, language, kind] = /^(en|fr)(-lay|-def)?$/.exec(key) ?? [];
  if (language !== undefined) {
    const lang = language === "en" ? "ENG" : "FRE";
    if (kind === "-def") concept.definitions.push({ text: value, lang });
    else readNames(concept, value, lang, kind === "-lay", at);
  } else if (key === "site") concept.sites.push(...links(value, at));
  else if (key === "treats") concept.treats.push(...links(value, at));
  else fail(at, `unknown field '${key}'`);
}

function readNames(concept: Concept, value: string, lang: Lang, lay: boolean, at: Place): void {
  if (concept.names.some((name) => name.lang === lang && name.lay === lay))
    fail(at, "this field stands twice in one concept");
  for (const [index, item] of value.split(";").entries()) {
    const match = /^(.*?)(?: \[([A-Z]+)\])?$/.exec(item.trim());
    const text = match?.[1] ?? "";
    const mark = match?.[2] ?? "";
    if (text === "") fail(at, "an empty name");
    else if (/[[\]]|\s\s/.test(text)) fail(at, `odd brackets or spaces in '${text}'`);
    else if (!["", "AB", "O", "E", "Y"].includes(mark)) fail(at, `unknown mark [${mark}]: AB, O, E or Y`);
    else if (index === 0 && mark !== "" && !lay)
      fail(at, `the first name is the preferred one and bears no mark: '${item.trim()}'`);
    else concept.names.push({ text, mark: mark as Mark, lang, lay, first: index === 0, at });
  }
}
