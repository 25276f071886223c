import { type Atom, type Concept, fold, type Place } from "./model.ts";
import { fail } from "./problems.ts";
import { read } from "./read-concepts.ts";

/** A string under two concepts must be meant: it is listed in `ambiguous.txt`, and what is listed there must be ambiguous. */
export function checkAmbiguity(atoms: Atom[], concepts: Concept[]): string[] {
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

/** The lexicon, its answers and the sample queries: whole rows, known CUIs, ids that agree. */
export function checkTables(concepts: Concept[]): void {
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
