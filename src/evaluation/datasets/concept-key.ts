/** IRIs that CURIE prefixes stand for. */
export type PrefixMap = ReadonlyMap<string, string>;

/**
 * The one writing under which identifiers of files of different formats can be compared: `UMLS:C0027051`, NLM's IRI of
 * it and `C0027051` are all `C0027051`; `http://purl.obolibrary.org/obo/HP_0001658` is `HP:0001658`, as an OBO CURIE is
 * by itself; of any other IRI, and of a CURIE whose prefix the file declares, it is what stands behind the last `/`, `#`
 * or `:`.
 */
export function conceptKey(id: string, prefixes: PrefixMap = new Map()): string {
  const [, prefix, local] = /^([A-Za-z][A-Za-z0-9._-]*):(?!\/\/)(\S*)$/.exec(id) ?? [];
  const declared = prefix === undefined ? undefined : prefixes.get(prefix);
  if (declared !== undefined) return conceptKey(`${declared}${local}`);
  if (prefix === "UMLS") return decoded(local!);
  if (prefix === "urn") return decoded(local!.slice(local!.lastIndexOf(":") + 1));
  if (!/^https?:\/\//.test(id)) return id;
  const [, obo, number] = /\/obo\/([A-Za-z][A-Za-z0-9]*)_(\S+)$/.exec(id) ?? [];
  if (obo !== undefined) return `${obo}:${decoded(number!)}`;
  return decoded(id.slice(Math.max(id.lastIndexOf("/"), id.lastIndexOf("#")) + 1));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
