const SYNONYM = /^synonym: "((?:[^"\\]|\\.)*)" \w+ ?(.*)$/;

/**
 * An OBO file without its laypeople's names, and these as queries with the ids that they belong to. A name that the release
 * has otherwise too, but for its case, is no query: it would be found by its letters.
 */
export function standIn(text: string): { obo: string; queries: { query: string; ids: string[] }[] } {
  const kept: string[] = [];
  const lay = new Map<string, { query: string; ids: Set<string> }>();
  const names = new Set<string>();
  let id = "";
  for (const line of text.split("\n")) {
    if (line.startsWith("id: ")) id = line.slice(4).trim();
    if (line.startsWith("name: ")) names.add(line.slice(6).trim().toLowerCase());
    const [, quoted, rest] = SYNONYM.exec(line) ?? [];
    if (quoted !== undefined && rest!.startsWith("layperson")) {
      const query = quoted.replace(/\\(.)/g, "$1").trim();
      const found = lay.get(query.toLowerCase()) ?? { query, ids: new Set<string>() };
      found.ids.add(id);
      lay.set(query.toLowerCase(), found);
      continue;
    }
    if (quoted !== undefined) names.add(quoted.trim().toLowerCase());
    kept.push(line);
  }
  const queries = [...lay].flatMap(([key, { query, ids }]) =>
    names.has(key) || query.includes("\t") ? [] : [{ query, ids: [...ids].sort() }],
  );
  return { obo: kept.join("\n"), queries };
}
