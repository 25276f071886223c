import { IDENTIFIER_PREFIXES, identifierPrefix } from "../identifiers/prefixes.ts";

/** The first part of an address up to its last `/`, `#` or `_` decides which prefixes may be meant. */
const BASES = new Map(
  IDENTIFIER_PREFIXES.flatMap(({ prefix, iris }) => iris.map((iri) => [withoutScheme(iri), prefix] as const)),
);

/**
 * The CURIE of a term's IRI, so that OBO, JSON, RDF/XML and Turtle of one ontology give the same ids: by the addresses that
 * the registries know, by OBO's own rule (`…/obo/NCIT_C3262` → `NCIT:C3262`), or by a prefix and a number at its end
 * (`…/ORDO/Orphanet_558` → `Orphanet:558`). All else stays an IRI.
 */
export function termId(iri: string): string {
  if (!/^https?:\/\//.test(iri)) return iri;
  const address = withoutScheme(iri);
  for (const end of endsOf(address)) {
    const prefix = BASES.get(address.slice(0, end));
    if (prefix !== undefined && end < address.length) return `${prefix}:${address.slice(end)}`;
  }
  const obo = /\/obo\/([A-Za-z]+)_([A-Za-z0-9]\w*)$/.exec(iri);
  const match = obo ?? /[/#]([A-Za-z][A-Za-z0-9]*)_(\d+)$/.exec(iri);
  return match
    ? `${identifierPrefix(match[1]!)?.prefix.toLowerCase() === match[1]!.toLowerCase() ? identifierPrefix(match[1]!)!.prefix : match[1]}:${match[2]}`
    : iri;
}

/** Where a base may end, longest first. */
function* endsOf(address: string): Generator<number> {
  for (let at = address.length - 1; at > 0; at--) {
    const character = address[at]!;
    if (character === "/" || character === "#" || character === "_" || character === ":" || character === "=")
      yield at + 1;
    else if (/[A-Za-z]/.test(character) && /\d/.test(address[at + 1] ?? "")) yield at + 1; // …/fma/fma7088
  }
}

function withoutScheme(iri: string): string {
  return iri.replace(/^https?:\/\/(?:www\.)?/i, "");
}
