import { ATUI, RUI } from "./make-atoms.ts";
import {
  type Atom,
  type Concept,
  compare,
  EXPERT,
  find,
  type Lang,
  RANKS,
  SEMANTIC_TYPES,
  SOURCES,
  TERM_TYPES,
  VERSION,
} from "./model.ts";

function row(...cells: string[]): string {
  return `${cells.join("|")}|`;
}

export function makeFiles(
  concepts: Concept[],
  bySlug: Map<string, Concept>,
  atoms: Atom[],
): Map<string, string> {
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
