import { IDENTIFIER_PREFIXES, identifierPrefix, sourceKey } from "./prefixes.ts";

/** What somebody typed or a file holds for a code: the source, where it is named, and the code itself. */
export interface Identifier {
  /** As OBO and Bioregistry write it where they know it, else as it was written; absent for a bare code. */
  prefix?: string;
  local: string;
  /** As it was written: an address, a CURIE (`HP:0001945`, `HP_0001945`), a source and a code (`ICD-10 E11.9`), a code. */
  form: "iri" | "curie" | "spaced" | "code";
}

const CODE = /^[\p{L}\p{N}][\p{L}\p{N}.:_/@+-]{0,59}$/u;
const CURIE = /^([\p{L}][\p{L}\p{N}._-]{0,30}):\s?#?(\S{1,60})$/u;
const UNDERSCORE = /^(\p{L}[\p{L}]{1,14})[_-](\d{3,10})$/u;

/** Longest first, so that `…/release/10/` is found before what it begins with. */
const BASES = IDENTIFIER_PREFIXES.flatMap(({ prefix, iris }) =>
  iris.map((iri) => ({ prefix, base: bare(iri) })),
).sort((a, b) => b.base.length - a.base.length);

/**
 * Reads an identifier in any of the forms in which it is written: an IRI (OBO, identifiers.org, bioregistry.io, n2t.net and
 * the sources' own addresses; in angle brackets too), a CURIE in any case, a source's name with a code, a bare code. Undefined
 * for what cannot be one.
 */
export function parseIdentifier(text: string): Identifier | undefined {
  const typed = text.trim().replace(/^<(.*)>$/, "$1");
  if (/^(?:https?|urn):/i.test(typed)) return ofIri(typed);
  const curie = CURIE.exec(typed);
  if (curie && !/^[/]/.test(curie[2]!)) return { ...known(curie[1]!, curie[2]!), form: "curie" };
  const under = UNDERSCORE.exec(typed);
  if (under && identifierPrefix(under[1]!)) return { ...known(under[1]!, under[2]!), form: "curie" };
  const spaced = ofSpaced(typed);
  if (spaced) return spaced;
  return CODE.test(typed) && /\p{N}/u.test(typed) ? { local: typed, form: "code" } : undefined;
}

/** `HP:0001945`: with the prefix as the registries write it, and zeros in front where its identifiers have them. */
export function curieOf({ prefix, local }: Identifier): string {
  return prefix === undefined ? local : `${prefix}:${local}`;
}

/** The address of an identifier; undefined where its source has none here. */
export function iriOf({ prefix, local }: Identifier): string | undefined {
  const base = prefix === undefined ? undefined : identifierPrefix(prefix)?.iris[0];
  return base === undefined ? undefined : `${base}${encodeURIComponent(local)}`;
}

function known(name: string, local: string): Pick<Identifier, "prefix" | "local"> {
  const source = identifierPrefix(name);
  if (!source) return { prefix: name, local };
  // `MONDO:MONDO_0005148` and `HP:HP:0001945` are met where prefixes were put before whole CURIEs.
  const doubled = new RegExp(`^${name}[:_](?=.)`, "iu");
  const own = local.replace(doubled, "");
  const isShort = /^\d+$/.test(own) && own.length < (source.digits ?? 0);
  return { prefix: source.prefix, local: isShort ? own.padStart(source.digits!, "0") : own };
}

function ofIri(typed: string): Identifier | undefined {
  const iri = bare(typed);
  const own = BASES.find(({ base }) => iri.toLowerCase().startsWith(base.toLowerCase()));
  if (own) return { ...known(own.prefix, decoded(iri.slice(own.base.length))), form: "iri" };
  const resolver = /^(?:identifiers\.org|bioregistry\.io|n2t\.net|w3id\.org\/biolink\/vocab)\/(.+)$/i.exec(
    iri,
  );
  const named = resolver && /^([\w.-]+?)[/:](.+)$/.exec(resolver[1]!);
  if (named) return { ...known(named[1]!, decoded(named[2]!)), form: "iri" };
  const obo = /\/obo\/([A-Za-z]+)_(\w+)$/.exec(iri);
  if (obo) return { ...known(obo[1]!, obo[2]!), form: "iri" };
  const last = /[/#=]([^/#=]+)$/.exec(iri)?.[1];
  if (last === undefined) return undefined;
  const tail = UNDERSCORE.exec(last) ?? CURIE.exec(decoded(last));
  return tail ? { ...known(tail[1]!, tail[2]!), form: "iri" } : { local: decoded(last), form: "iri" };
}

/** `ICD-10 E11.9`, `SNOMED CT: 44054006`, `OMIM #143100`, `ORPHA558`: a known source, then one word with a digit. */
function ofSpaced(typed: string): Identifier | undefined {
  const words = /^(\p{L}[\p{L}\p{N} _.-]{1,24}?)[\s:#]+#?([\p{L}\p{N}][\p{L}\p{N}.:_/@+-]*)$/u.exec(typed);
  if (words && identifierPrefix(words[1]!) && /\p{N}/u.test(words[2]!) && !isPartOfName(words[1]!, words[2]!))
    return { ...known(words[1]!, words[2]!), form: "spaced" };
  const joined = /^(ORPHA|ORPHANET|OMIM|MIM|SCTID|MESH|LOINC|RXCUI|CHEBI)#?(\d[\d-]*)$/i.exec(typed);
  return joined ? { ...known(joined[1]!, joined[2]!), form: "spaced" } : undefined;
}

/** `ICD-10` and `CIM 10` are names of classifications, not codes of one. */
function isPartOfName(name: string, word: string): boolean {
  return identifierPrefix(`${name}${word}`) !== undefined && sourceKey(name + word) !== sourceKey(name);
}

function bare(iri: string): string {
  return iri.replace(/^https?:\/\/(?:www\.)?/i, "");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
