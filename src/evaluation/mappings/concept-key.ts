import { parseIdentifier } from "../../terminology/identifiers/identifier.ts";
import { identifierPrefix } from "../../terminology/identifiers/prefixes.ts";

/** IRIs that CURIE prefixes stand for. */
export type PrefixMap = ReadonlyMap<string, string>;

const CURIE = /^([A-Za-z][A-Za-z0-9._-]*):(?!\/\/)(\S*)$/;
/** Under these lie entries of lexicons and concepts of datasets that have no IRI of their own: what counts is the last part. */
const OWN = /^https:\/\/w3id\.org\/termduet\/(?:lexicon|dataset)\/[^/]+\/(.+)$/;

/**
 * The one writing under which identifiers of files of different formats are compared, as wholes: `UMLS:C0027051`, NLM's IRI
 * of it and `C0027051` are `C0027051`; `doid:1816`, `DOID_1816` and its IRI are `DOID:1816`. Prefixes are those that the file
 * declares, then those that OBO and Bioregistry know, in any case. An IRI of which they know nothing stays itself.
 */
export function conceptKey(id: string, prefixes: PrefixMap = new Map()): string {
  const text = id.trim();
  const [, prefix, local] = CURIE.exec(text) ?? [];
  if (prefix !== undefined && prefix.toLowerCase() !== "urn") {
    const declared = prefixes.get(prefix) ?? namedAnyhow(prefix, prefixes);
    if (declared !== undefined) return keyOfIri(`${declared}${local}`);
  }
  if (/^(?:https?:\/\/|urn:)/i.test(text)) return keyOfIri(text);
  const known = parseIdentifier(text);
  if (known?.prefix !== undefined && known.form !== "iri") return keyOf(known.prefix, known.local);
  return text;
}

/**
 * What is left of a key without what says whose it is: for files that write the same identifiers by different rules, none of
 * which is known. `http://mouse.owl#MA_0000001` and `MA:0000001` are `MA:0000001`.
 */
export function localKey(key: string): string {
  const local = /^https?:\/\//.test(key)
    ? key.slice(Math.max(key.lastIndexOf("/"), key.lastIndexOf("#")) + 1)
    : key;
  return local.replace(/^([A-Za-z]+)[_:](?=\S)/, (_, prefix: string) => `${prefix.toUpperCase()}:`);
}

function keyOfIri(iri: string): string {
  const own = OWN.exec(iri)?.[1];
  if (own !== undefined) return conceptKey(decoded(own));
  if (/^urn:/i.test(iri)) return conceptKey(decoded(iri.slice(iri.lastIndexOf(":") + 1)));
  const known = parseIdentifier(iri);
  const isNamed =
    known?.prefix !== undefined &&
    (identifierPrefix(known.prefix) !== undefined || /\/obo\/[A-Za-z]+_\w+$/.test(iri));
  return isNamed ? keyOf(known.prefix!, known.local) : decoded(iri);
}

function keyOf(prefix: string, local: string): string {
  const known = identifierPrefix(prefix)?.prefix ?? prefix.toUpperCase();
  return known === "UMLS" ? decoded(local) : `${known}:${decoded(local)}`;
}

/** Prefixes are compared without case where the file does not write one as it declares it. */
function namedAnyhow(prefix: string, prefixes: PrefixMap): string | undefined {
  const wanted = prefix.toLowerCase();
  return [...prefixes].find(([name]) => name.toLowerCase() === wanted)?.[1];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
