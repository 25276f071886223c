import { iriOf, parseIdentifier } from "../terminology/identifiers/identifier.ts";
import { identifierPrefix } from "../terminology/identifiers/prefixes.ts";

/** Prefixes that every SSSOM reader knows; declaring them again is an error in strict mode. */
const BUILT_IN = new Set(["owl", "rdf", "rdfs", "semapv", "skos", "sssom", "xsd", "linkml"]);
/** Namespace of what has no IRI of its own. */
export const TERMDUET_IRI = "https://w3id.org/termduet/";
const UMLS = "https://uts.nlm.nih.gov/uts/umls/concept/";
const OBO = "http://purl.obolibrary.org/obo/";

/**
 * Names concepts and entries for the formats of the web: as IRIs, and as CURIEs whose prefixes it collects.
 *
 * A CUI of UMLS is `UMLS:C0027051`, under NLM's own address. An identifier with a prefix keeps it; what the prefix stands for
 * is as OBO and Bioregistry say (`OMIM:` is not an address of OBO), or, where they know none and it looks like one of OBO,
 * `http://purl.obolibrary.org/obo/HP_` as the OBO format says. An IRI stays itself, cut at its last `/` or `#`. Any
 * other is put under the dataset's own prefix.
 */
export class Identifiers {
  readonly #dataset: string;
  readonly #lexicon: string;
  readonly #conceptBase: string;
  readonly #prefixes = new Map<string, string>();

  /** `conceptBase`: what a CUI stands behind as an IRI; by default NLM's address for datasets named `umls…`. */
  constructor(names: { dataset: string; lexicon: string; conceptBase?: string }) {
    this.#dataset = names.dataset;
    this.#lexicon = names.lexicon;
    const isUmls = /^umls/i.test(names.dataset);
    const own = `${TERMDUET_IRI}dataset/${encodeURIComponent(names.dataset)}/`;
    this.#conceptBase = names.conceptBase ?? (isUmls ? UMLS : own);
  }

  /** Prefixes of the CURIEs given so far, by name. */
  get prefixes(): [prefix: string, iri: string][] {
    return [...this.#prefixes].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  concept(cui: string): { curie: string; iri: string } {
    if (/^https?:\/\//.test(cui)) return this.#ofIri(cui);
    return this.#ofCurie(cui) ?? this.#named(this.#ownPrefix(), this.#conceptBase, cui);
  }

  /**
   * An entry of the lexicon by its id: one that is a CURIE or an IRI is passed on as it is, so that the outside knows it;
   * any other lies under the lexicon's own address.
   */
  entry(id: string): { curie: string; iri: string } {
    if (/^https?:\/\//.test(id)) return this.#ofIri(id);
    return this.#ofCurie(id) ?? this.#named("LEXICON", `${this.lexiconIri}/`, id);
  }

  /** The release as a source of objects. */
  source(): { curie: string; iri: string } {
    const { iri } = this.#named("termduet", TERMDUET_IRI, "");
    const local = `dataset/${encodeURIComponent(this.#dataset)}`;
    return { curie: `termduet:${local}`, iri: `${iri}${local}` };
  }

  /** The lexicon as an ontology, for formats that know no literals. */
  get lexiconIri(): string {
    return `${TERMDUET_IRI}lexicon/${encodeURIComponent(this.#lexicon)}`;
  }

  /** What the codes of concepts belong to, for formats that name a code system. */
  get conceptSystem(): string {
    return this.#conceptBase === UMLS ? "http://www.nlm.nih.gov/research/umls" : this.source().iri;
  }

  /** `undefined` for what is not a CURIE, or one of a prefix of which nobody knows what it stands for. */
  #ofCurie(id: string): { curie: string; iri: string } | undefined {
    const [, prefix, local] = /^([A-Za-z][A-Za-z0-9._-]*):([^\s|/]+)$/.exec(id) ?? [];
    if (prefix === undefined || local === undefined || BUILT_IN.has(prefix)) return undefined;
    const known = identifierPrefix(prefix);
    const base = known?.iris[0];
    if (known && base !== undefined) return this.#named(known.prefix, base, local);
    const isObo = /^[A-Za-z]{2,}$/.test(prefix) && /^\d{5,8}$/.test(local);
    return isObo ? this.#named(prefix, `${OBO}${prefix}_`, local) : undefined;
  }

  #ownPrefix(): string {
    if (this.#conceptBase === UMLS) return "UMLS";
    const name = this.#dataset.replace(/[^A-Za-z0-9._-]/g, "_").toUpperCase();
    return /^[A-Z]/.test(name) && !BUILT_IN.has(name.toLowerCase()) ? name : `D_${name}`;
  }

  #ofIri(iri: string): { curie: string; iri: string } {
    const known = parseIdentifier(iri);
    if (known?.prefix !== undefined && iriOf(known) === iri)
      return {
        ...this.#named(known.prefix, iri.slice(0, iri.length - known.local.length), known.local),
        iri,
      };
    const end = Math.max(iri.lastIndexOf("/"), iri.lastIndexOf("#")) + 1;
    const base = iri.slice(0, end);
    const used = [...this.#prefixes].find(([, other]) => other === base)?.[0];
    return { ...this.#named(used ?? `ns${this.#prefixes.size + 1}`, base, iri.slice(end)), iri };
  }

  #named(prefix: string, base: string, local: string): { curie: string; iri: string } {
    this.#prefixes.set(prefix, base);
    const safe = encodeURIComponent(local);
    return { curie: `${prefix}:${safe}`, iri: `${base}${safe}` };
  }
}
