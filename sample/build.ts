/**
 * Builds the sample release: reads `concepts/*.txt`, checks every line, and writes `META/*.RRF` in UMLS Rich Release
 * Format. The same sources give the same bytes, on any machine.
 *
 *     node sample/build.ts            writes sample/META
 *     node sample/build.ts --check    writes nothing; fails when sample/META is not what the sources give
 *
 * The format of the sources is told in README.md.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const HERE = import.meta.dirname;
const VERSION = "1.0";

type Lang = "ENG" | "FRE";
type Mark = "" | "AB" | "O" | "E" | "Y";
type Suppress = "N" | "O" | "E" | "Y";
type Place = { file: string; line: number };
type Name = { text: string; mark: Mark; lang: Lang; lay: boolean; first: boolean; at: Place };
type Link = { slug: string; at: Place };
type Parent = Link & { partOf: boolean };
type Definition = { text: string; lang: Lang };
type Concept = {
  code: string;
  cui: string;
  slug: string;
  tuis: string[];
  parents: Parent[];
  names: Name[];
  definitions: Definition[];
  sites: Link[];
  treats: Link[];
  at: Place;
};
type Atom = {
  cui: string;
  lat: Lang;
  lui: string;
  sui: string;
  aui: string;
  sab: string;
  tty: string;
  code: string;
  str: string;
  suppress: Suppress;
  rank: number;
  ts: "P" | "S";
  stt: "PF" | "VC" | "VO" | "VW" | "VCW";
  ispref: "Y" | "N";
};

/** The semantic types used here: TUI, name and tree number of the UMLS Semantic Network. */
const SEMANTIC_TYPES: Record<string, readonly [name: string, tree: string]> = {
  T019: ["Congenital Abnormality", "A1.2.2.1"],
  T020: ["Acquired Abnormality", "A1.2.2.2"],
  T022: ["Body System", "A2.1.4.1"],
  T023: ["Body Part, Organ, or Organ Component", "A1.2.3.1"],
  T024: ["Tissue", "A1.2.3.2"],
  T029: ["Body Location or Region", "A2.1.5.2"],
  T030: ["Body Space or Junction", "A2.1.5.1"],
  T031: ["Body Substance", "A1.4.2"],
  T033: ["Finding", "A2.2"],
  T037: ["Injury or Poisoning", "B2.3"],
  T039: ["Physiologic Function", "B2.2.1.1"],
  T040: ["Organism Function", "B2.2.1.1.1"],
  T042: ["Organ or Tissue Function", "B2.2.1.1.2"],
  T046: ["Pathologic Function", "B2.2.1.2"],
  T047: ["Disease or Syndrome", "B2.2.1.2.1"],
  T048: ["Mental or Behavioral Dysfunction", "B2.2.1.2.1.1"],
  T055: ["Individual Behavior", "B1.1.2"],
  T056: ["Daily or Recreational Activity", "B1.2"],
  T058: ["Health Care Activity", "B1.3.1"],
  T059: ["Laboratory Procedure", "B1.3.1.1"],
  T060: ["Diagnostic Procedure", "B1.3.1.2"],
  T061: ["Therapeutic or Preventive Procedure", "B1.3.1.3"],
  T069: ["Environmental Effect of Humans", "B2.1.1"],
  T074: ["Medical Device", "A1.3.1"],
  T109: ["Organic Chemical", "A1.4.1.2.1"],
  T116: ["Amino Acid, Peptide, or Protein", "A1.4.1.2.1.7"],
  T121: ["Pharmacologic Substance", "A1.4.1.1.1"],
  T123: ["Biologically Active Substance", "A1.4.1.1.3"],
  T125: ["Hormone", "A1.4.1.1.3.2"],
  T127: ["Vitamin", "A1.4.1.1.3.4"],
  T129: ["Immunologic Factor", "A1.4.1.1.3.5"],
  T184: ["Sign or Symptom", "A2.2.2"],
  T190: ["Anatomical Abnormality", "A1.2.2"],
  T191: ["Neoplastic Process", "B2.2.1.2.1.2"],
  T195: ["Antibiotic", "A1.4.1.1.1.1"],
  T201: ["Clinical Attribute", "A2.3.1"],
};

const EXPERT = { ENG: "TDSAMPLE", FRE: "TDSAMPLEFRE" } as const;
const LAY = { ENG: "TDLAY", FRE: "TDLAYFRE" } as const;
const SOURCES = [
  { sab: "TDSAMPLE", lat: "ENG", title: "Termduet sample terminology, expert names" },
  { sab: "TDSAMPLEFRE", lat: "FRE", title: "Termduet sample terminology, expert names, French" },
  { sab: "TDLAY", lat: "ENG", title: "Termduet sample terminology, lay names" },
  { sab: "TDLAYFRE", lat: "FRE", title: "Termduet sample terminology, lay names, French" },
] as const;
/** Term types, best first: preferred, synonym, abbreviation, obsolete synonym, machine short form. */
const TERM_TYPES = ["PT", "SY", "AB", "IS", "DEV"] as const;
/** MRRANK: expert names before lay ones, and within a kind the better term type first. */
const RANKS = ["TDSAMPLE", "TDSAMPLEFRE", "TDLAY", "TDLAYFRE"].flatMap((sab, s) =>
  TERM_TYPES.map((tty, t) => ({
    sab,
    tty,
    rank: 200 - 10 * (tty === "IS" || tty === "DEV" ? s + 10 : s) - t,
  })),
);

const problems: string[] = [];
function fail(at: Place, message: string): void {
  problems.push(`${at.file}:${String(at.line)}: ${message}`);
}
function stopIfProblems(): void {
  if (problems.length === 0) return;
  for (const problem of problems) console.error(problem);
  console.error(`sample: ${String(problems.length)} problem(s); nothing written`);
  process.exit(1);
}

// ---------------------------------------------------------------- reading

function read(file: string): string {
  const path = join(HERE, file);
  if (existsSync(path)) return readFileSync(path, "utf8");
  fail({ file: `sample/${file}`, line: 1 }, "no such file");
  return "";
}

function readConcepts(): Concept[] {
  const concepts: Concept[] = [];
  const folder = join(HERE, "concepts");
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
  switch (key) {
    case "en":
      readNames(concept, value, "ENG", false, at);
      break;
    case "en-lay":
      readNames(concept, value, "ENG", true, at);
      break;
    case "fr":
      readNames(concept, value, "FRE", false, at);
      break;
    case "fr-lay":
      readNames(concept, value, "FRE", true, at);
      break;
    case "en-def":
      concept.definitions.push({ text: value, lang: "ENG" });
      break;
    case "fr-def":
      concept.definitions.push({ text: value, lang: "FRE" });
      break;
    case "site":
      concept.sites.push(...links(value, at));
      break;
    case "treats":
      concept.treats.push(...links(value, at));
      break;
    default:
      fail(at, `unknown field '${key}'`);
  }
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

// ---------------------------------------------------------------- checks

function checkConcepts(concepts: Concept[]): Map<string, Concept> {
  const bySlug = new Map<string, Concept>();
  const seen = new Map<string, Place>();
  const once = (id: string, at: Place): void => {
    const other = seen.get(id);
    if (other) fail(at, `${id} stands at ${other.file}:${String(other.line)} already`);
    seen.set(id, at);
  };
  for (const concept of concepts) {
    once(concept.code, concept.at);
    once(concept.cui, concept.at);
    once(`slug '${concept.slug}'`, concept.at);
    bySlug.set(concept.slug, concept);
    if (concept.cui.startsWith("C98") && concept.cui !== ownCui(concept.code))
      fail(concept.at, `a CUI of our own for ${concept.code} is ${ownCui(concept.code)}`);
    for (const lang of ["ENG", "FRE"] as const) {
      if (!concept.names.some((name) => name.lang === lang && !name.lay))
        fail(concept.at, `no expert name in ${lang}`);
      if (concept.definitions.filter((definition) => definition.lang === lang).length > 1)
        fail(concept.at, `two definitions in ${lang}`);
    }
    if (!concept.definitions.some((definition) => definition.lang === "ENG"))
      fail(concept.at, "no English definition");
    const texts = new Set<string>();
    for (const name of concept.names) {
      const key = `${name.lang} ${name.text}`;
      if (texts.has(key)) fail(name.at, `'${name.text}' stands twice in this concept`);
      texts.add(key);
    }
  }
  for (const concept of concepts) {
    for (const link of [...concept.parents, ...concept.sites, ...concept.treats]) {
      if (!bySlug.has(link.slug)) fail(link.at, `no concept has the slug '${link.slug}'`);
      else if (link.slug === concept.slug) fail(link.at, "a concept cannot be linked to itself");
    }
  }
  stopIfProblems();
  for (const concept of concepts) {
    checkCycle(concept, bySlug, []);
    stopIfProblems();
  }
  return bySlug;
}

/** `TD:0123` and a CUI of our own, where UMLS has none that is surely right: `C9800123`. */
function ownCui(code: string): string {
  return `C98${code.slice(3).padStart(5, "0")}`;
}

function checkCycle(concept: Concept, bySlug: Map<string, Concept>, below: string[]): void {
  if (below.includes(concept.slug)) {
    fail(concept.at, `a circle of parents: ${[...below, concept.slug].join(" < ")}`);
    return;
  }
  for (const parent of concept.parents)
    checkCycle(find(bySlug, parent.slug), bySlug, [...below, concept.slug]);
}

function find(bySlug: Map<string, Concept>, slug: string): Concept {
  const concept = bySlug.get(slug);
  if (!concept) throw new Error(`no concept '${slug}'. This is a bug.`);
  return concept;
}

/** A string under two concepts must be meant: it is listed in `ambiguous.txt`, and what is listed there must be ambiguous. */
function checkAmbiguity(atoms: Atom[], concepts: Concept[]): string[] {
  const cuis = new Map<string, Set<string>>();
  for (const atom of atoms) {
    const key = fold(atom.str);
    cuis.set(key, (cuis.get(key) ?? new Set()).add(atom.cui));
  }
  const listed = new Map<string, Place>();
  const file = "sample/ambiguous.txt";
  for (const [index, line] of read("ambiguous.txt").split("\n").entries()) {
    const text = line.replace(/#.*/, "").trim();
    if (text !== "") listed.set(fold(text), { file, line: index + 1 });
  }
  const ambiguous = [...cuis].filter(([, set]) => set.size > 1).map(([key]) => key);
  for (const key of ambiguous) {
    if (listed.has(key)) continue;
    const name = concepts.flatMap((concept) => concept.names).findLast((one) => fold(one.text) === key);
    fail(
      name?.at ?? { file, line: 1 },
      `'${key}' names ${[...(cuis.get(key) ?? [])].join(" and ")}; if that is meant, list it in ${file}`,
    );
  }
  for (const [key, at] of listed) if ((cuis.get(key)?.size ?? 0) < 2) fail(at, `'${key}' is not ambiguous`);
  return ambiguous;
}

function fold(text: string): string {
  return text.normalize("NFC").toLowerCase();
}

/** The lexicon, its answers and the sample queries: whole rows, known CUIs, ids that agree. */
function checkTables(concepts: Concept[]): void {
  const cuis = new Set(concepts.map((concept) => concept.cui));
  const ids = (file: string, header: string, cuiColumn: number | undefined): string[] => {
    const [head, ...rows] = read(file).replace(/\n$/, "").split("\n");
    const at = (index: number): Place => ({ file: `sample/${file}`, line: index + 2 });
    if (head !== header) fail({ file: `sample/${file}`, line: 1 }, `the header must be '${header}'`);
    const seen = new Set<string>();
    for (const [index, row] of rows.entries()) {
      const cells = row.split("\t");
      if (cells.length !== header.split("\t").length) fail(at(index), `${String(cells.length)} columns`);
      if (cells.some((cell) => cell !== cell.trim())) fail(at(index), "space at the edge of a cell");
      const id = cells[0] ?? "";
      if (id === "" || seen.has(id)) fail(at(index), `empty or repeated: '${id}'`);
      seen.add(id);
      if (cuiColumn === undefined) continue;
      for (const cui of (cells[cuiColumn] ?? "").split("|"))
        if (cui !== "" && !cuis.has(cui)) fail(at(index), `${cui} is not in the sample`);
    }
    return [...seen];
  };
  const lexicon = ids("lexicon.tsv", "id\tterm\texplanation\tsynonyms\tlang", undefined);
  const gold = ids("lexicon.gold.tsv", "id\tcui", 1);
  const names = new Set(concepts.flatMap((concept) => concept.names.map(({ text }) => fold(text))));
  for (const [index, query] of ids("queries.tsv", "query\tcuis", 1).entries()) {
    if (names.has(fold(query)))
      fail(
        { file: "sample/queries.tsv", line: index + 2 },
        `'${query}' is a name of the sample: too easy a query`,
      );
  }
  if (lexicon.join() !== gold.join())
    fail(
      { file: "sample/lexicon.gold.tsv", line: 1 },
      "its ids are not those of lexicon.tsv, in the same order",
    );
}

// ---------------------------------------------------------------- identifiers

/** An identifier of `letter` and eight digits, drawn from a hash of `key`; on a collision the next hash is taken. */
class Minter {
  readonly #taken = new Map<string, string>();
  readonly #ids = new Map<string, string>();
  readonly #prefix: string;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  mint(key: string): string {
    const known = this.#ids.get(key);
    if (known) return known;
    for (let turn = 0; ; turn++) {
      const hash = createHash("sha256")
        .update(`${this.#prefix}\0${key}\0${String(turn)}`)
        .digest();
      const id = this.#prefix + String(10_000_000 + Number(hash.readBigUInt64BE() % 90_000_000n));
      if (this.#taken.has(id)) continue;
      this.#taken.set(id, key);
      this.#ids.set(key, id);
      return id;
    }
  }
}

const AUI = new Minter("A");
const LUI = new Minter("L");
const SUI = new Minter("S");
const ATUI = new Minter("AT");
const RUI = new Minter("R");

/** Strings that differ in case, punctuation or (in English) word order only are forms of one term. */
function termKey(text: string, lat: Lang): string {
  const words = text
    .toLowerCase()
    .replaceAll(/['’]s\b/g, "")
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
  return `${lat} ${(lat === "ENG" ? words.toSorted() : words).join(" ")}`;
}

function makeAtoms(concept: Concept): Atom[] {
  const atoms = concept.names.map((name): Atom => {
    const sab = (name.lay ? LAY : EXPERT)[name.lang];
    const tty = termType(name);
    const suppress: Suppress = name.mark === "O" || name.mark === "E" || name.mark === "Y" ? name.mark : "N";
    const rank = RANKS.find((one) => one.sab === sab && one.tty === tty)?.rank ?? 0;
    return {
      cui: concept.cui,
      lat: name.lang,
      sab,
      tty,
      code: concept.code,
      str: name.text,
      suppress,
      // A suppressed name never speaks for its concept.
      rank: suppress === "N" ? rank : rank - 1000,
      aui: AUI.mint([sab, concept.code, tty, name.text].join("\0")),
      lui: LUI.mint(termKey(name.text, name.lang)),
      sui: SUI.mint(`${name.lang} ${name.text}`),
      ts: "S",
      stt: "VO",
      ispref: "N",
    };
  });
  for (const lat of ["ENG", "FRE"] as const) markForms(atoms.filter((atom) => atom.lat === lat));
  return atoms;
}

function termType(name: Name): string {
  if (name.mark === "AB") return "AB";
  if (name.mark === "O") return "IS";
  if (name.mark === "Y") return "DEV";
  return name.first && name.mark === "" ? "PT" : "SY";
}

/** TS, STT and ISPREF of the atoms of one concept in one language, best name first. */
function markForms(atoms: Atom[]): void {
  atoms.sort((a, b) => b.rank - a.rank || compare(a.aui, b.aui));
  const best = atoms[0];
  const form = new Map<string, Atom>();
  const strings = new Set<string>();
  for (const atom of atoms) {
    const preferred = form.get(atom.lui) ?? atom;
    form.set(atom.lui, preferred);
    atom.ts = atom.lui === best?.lui ? "P" : "S";
    atom.stt = atom.sui === preferred.sui ? "PF" : variant(preferred.str, atom.str);
    atom.ispref = strings.has(atom.sui) ? "N" : "Y";
    strings.add(atom.sui);
  }
}

function variant(preferred: string, text: string): Atom["stt"] {
  const words = (one: string): string => one.split(" ").toSorted().join(" ");
  if (preferred.toLowerCase() === text.toLowerCase()) return "VC";
  if (words(preferred) === words(text)) return "VW";
  if (words(preferred.toLowerCase()) === words(text.toLowerCase())) return "VCW";
  return "VO";
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

// ---------------------------------------------------------------- writing

function row(...cells: string[]): string {
  return `${cells.join("|")}|`;
}

function makeFiles(concepts: Concept[], bySlug: Map<string, Concept>, atoms: Atom[]): Map<string, string> {
  const preferred = new Map<string, Atom>();
  for (const atom of atoms)
    if (atom.tty === "PT" && (atom.sab === EXPERT.ENG || atom.sab === EXPERT.FRE))
      preferred.set(`${atom.cui} ${atom.lat}`, atom);
  const pt = (concept: Concept, lat: Lang): Atom => {
    const atom = preferred.get(`${concept.cui} ${lat}`);
    if (!atom) throw new Error(`${concept.code} has no preferred name. This is a bug.`);
    return atom;
  };
  const aui = (concept: Concept): string => pt(concept, "ENG").aui;

  const mrconso = atoms.map((a) =>
    row(
      a.cui,
      a.lat,
      a.ts,
      a.lui,
      a.stt,
      a.sui,
      a.ispref,
      a.aui,
      "",
      a.code,
      "",
      a.sab,
      a.tty,
      a.code,
      a.str,
      "0",
      a.suppress,
      "",
    ),
  );
  const mrsty = concepts.flatMap((concept) =>
    concept.tuis.map((tui) => {
      const [name, tree] = SEMANTIC_TYPES[tui] ?? ["", ""];
      return row(concept.cui, tui, tree, name, ATUI.mint(`${concept.code} ${tui}`), "");
    }),
  );
  const mrdef = concepts.flatMap((concept) =>
    concept.definitions.map(({ text, lang }) => {
      const atom = pt(concept, lang);
      return row(
        concept.cui,
        atom.aui,
        ATUI.mint(`definition ${concept.code} ${lang}`),
        "",
        atom.sab,
        text,
        "N",
        "",
      );
    }),
  );
  // REL and RELA say what the second concept is to the first, as in UMLS.
  const relation = (one: Concept, rel: string, two: Concept, rela: string): string =>
    row(
      one.cui,
      aui(one),
      "SCUI",
      rel,
      two.cui,
      aui(two),
      "SCUI",
      rela,
      RUI.mint([one.code, rel, two.code, rela].join(" ")),
      "",
      EXPERT.ENG,
      EXPERT.ENG,
      "",
      "",
      "N",
      "",
    );
  const mrrel = concepts.flatMap((concept) => [
    ...concept.parents.flatMap(({ slug, partOf }) => {
      const parent = find(bySlug, slug);
      return [
        relation(concept, "PAR", parent, partOf ? "has_part" : "inverse_isa"),
        relation(parent, "CHD", concept, partOf ? "part_of" : "isa"),
      ];
    }),
    ...concept.sites.flatMap(({ slug }) => [
      relation(concept, "RO", find(bySlug, slug), "finding_site_of"),
      relation(find(bySlug, slug), "RO", concept, "has_finding_site"),
    ]),
    ...concept.treats.flatMap(({ slug }) => [
      relation(concept, "RO", find(bySlug, slug), "may_be_treated_by"),
      relation(find(bySlug, slug), "RO", concept, "may_treat"),
    ]),
  ]);
  const mrhier = concepts.flatMap((concept) =>
    pathsTo(concept, bySlug).map((path, index) => {
      const parent = path.at(-1);
      const partOf = concept.parents.find(({ slug }) => slug === parent?.slug)?.partOf;
      const rela = parent ? (partOf ? "part_of" : "isa") : "";
      return row(
        concept.cui,
        aui(concept),
        String(index + 1),
        parent ? aui(parent) : "",
        EXPERT.ENG,
        rela,
        path.map(aui).join("."),
        "",
        "",
      );
    }),
  );
  const used = RANKS.filter(({ sab, tty }) => atoms.some((atom) => atom.sab === sab && atom.tty === tty));
  const mrrank = used
    .toSorted((a, b) => b.rank - a.rank)
    .map(({ sab, tty, rank }) =>
      row(String(rank).padStart(4, "0"), sab, tty, tty === "IS" || tty === "DEV" ? "Y" : "N"),
    );
  const mrsab = SOURCES.map(({ sab, lat, title }) => {
    const own = atoms.filter((atom) => atom.sab === sab);
    const tree = sab === EXPERT.ENG;
    return row(
      "",
      "",
      `${sab}_${VERSION.replace(".", "_")}`,
      sab,
      title,
      "TDSAMPLE",
      VERSION,
      "",
      "",
      "SAMPLE1",
      "",
      "Termduet contributors; CC0 1.0",
      "Termduet contributors; CC0 1.0",
      "0",
      String(own.length),
      String(new Set(own.map((atom) => atom.cui)).size),
      tree ? "FULL-NOSIB-MULTIPLE" : "",
      TERM_TYPES.filter((tty) => own.some((atom) => atom.tty === tty))
        .toSorted()
        .join(","),
      "",
      lat,
      "UTF-8",
      "Y",
      "Y",
      title,
      "",
    );
  });
  const text = (lines: string[]): string => `${lines.join("\n")}\n`;
  return new Map([
    ["MRCONSO.RRF", text(mrconso.toSorted(compare))],
    ["MRSTY.RRF", text(mrsty.toSorted(compare))],
    ["MRDEF.RRF", text(mrdef.toSorted(compare))],
    ["MRREL.RRF", text(mrrel.toSorted(compare))],
    ["MRHIER.RRF", text(mrhier.toSorted(compare))],
    ["MRRANK.RRF", text(mrrank)],
    ["MRSAB.RRF", text(mrsab)],
  ]);
}

/** Every way from a root down to the concept's parent; a root has one empty way. */
function pathsTo(concept: Concept, bySlug: Map<string, Concept>): Concept[][] {
  if (concept.parents.length === 0) return [[]];
  return concept.parents.flatMap(({ slug }) => {
    const parent = find(bySlug, slug);
    return pathsTo(parent, bySlug).map((path) => [...path, parent]);
  });
}

/** What UMLS promises of MRCONSO and readers rely on. */
function checkAtoms(atoms: Atom[], concepts: Concept[]): void {
  const at: Place = { file: "sample/META/MRCONSO.RRF", line: 0 };
  if (new Set(atoms.map((atom) => atom.aui)).size !== atoms.length) fail(at, "an AUI stands twice");
  for (const concept of concepts) {
    for (const lat of ["ENG", "FRE"]) {
      const best = atoms.filter(
        (atom) =>
          atom.cui === concept.cui &&
          atom.lat === lat &&
          atom.ts === "P" &&
          atom.stt === "PF" &&
          atom.ispref === "Y",
      );
      if (best.length !== 1 || best[0]?.tty !== "PT" || best[0].suppress !== "N")
        fail(concept.at, `${String(best.length)} preferred atoms in ${lat}, or a wrong one`);
    }
  }
}

function tally<T>(items: T[], key: (item: T) => string): string {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1);
  return [...counts]
    .toSorted(([a], [b]) => compare(a, b))
    .map(([name, count]) => `${name} ${String(count)}`)
    .join(", ");
}

function main(): void {
  const check = process.argv.includes("--check");
  const concepts = readConcepts();
  stopIfProblems();
  const bySlug = checkConcepts(concepts);
  const atoms = concepts.flatMap(makeAtoms);
  checkAtoms(atoms, concepts);
  const ambiguous = checkAmbiguity(atoms, concepts);
  checkTables(concepts);
  stopIfProblems();
  const files = makeFiles(concepts, bySlug, atoms);
  const meta = join(HERE, "META");
  if (check) {
    for (const [name, text] of files) {
      const file = join(meta, name);
      if (!existsSync(file) || readFileSync(file, "utf8") !== text)
        fail(
          { file: `sample/META/${name}`, line: 1 },
          "is not what the sources give: run 'node sample/build.ts'",
        );
    }
    stopIfProblems();
  } else {
    mkdirSync(meta, { recursive: true });
    for (const [name, text] of files) writeFileSync(join(meta, name), text);
  }
  const definitions = concepts.flatMap((concept) => concept.definitions);
  console.log(
    `concepts ${String(concepts.length)} (${String(concepts.filter(({ cui }) => cui.startsWith("C98")).length)} with a CUI of our own)`,
  );
  console.log(
    `atoms ${String(atoms.length)}: ${tally(atoms, ({ lat }) => lat)}; ${tally(atoms, ({ sab }) => sab)}`,
  );
  console.log(
    `term types ${tally(atoms, ({ tty }) => tty)}; suppress ${tally(atoms, ({ suppress }) => suppress)}`,
  );
  console.log(
    `distinct strings ${String(new Set(atoms.map(({ str }) => str)).size)}; ambiguous ${String(ambiguous.length)}`,
  );
  console.log(`definitions ${tally(definitions, ({ lang }) => lang)}`);
  for (const [name, text] of files)
    console.log(
      `${name} ${String(text.split("\n").length - 1)} rows, ${String(Buffer.byteLength(text))} bytes`,
    );
}

main();
