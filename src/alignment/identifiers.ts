/** Prefixes that every SSSOM reader knows; declaring them again is an error in strict mode. */
const BUILT_IN = new Set(["owl", "rdf", "rdfs", "semapv", "skos", "sssom", "xsd", "linkml"]);
/** Namespace of what has no IRI of its own. */
export const TERMDUET_IRI = "https://w3id.org/termduet/";
const UMLS = "https://uts.nlm.nih.gov/uts/umls/concept/";
const OBO = "http://purl.obolibrary.org/obo/";

/**
 * Names concepts and entries for the formats of the web: as IRIs, and as CURIEs whose prefixes it collects.
 *
 * A CUI of UMLS is `UMLS:C0027051`, under NLM's own address; an OBO identifier `HP:0001658` keeps its prefix, which
 * stands for `http://purl.obolibrary.org/obo/HP_` as the OBO format says; an IRI is cut at its last `/` or `#`; any
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
    const [, prefix, local] = /^([A-Za-z][A-Za-z0-9._-]*):([^\s|/]+)$/.exec(cui) ?? [];
    if (prefix !== undefined && local !== undefined && !BUILT_IN.has(prefix))
      return this.#named(prefix, `${OBO}${prefix}_`, local);
    return this.#named(this.#ownPrefix(), this.#conceptBase, cui);
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

  entryIri(id: string): string {
    return `${this.lexiconIri}/${encodeURIComponent(id)}`;
  }

  #ownPrefix(): string {
    if (this.#conceptBase === UMLS) return "UMLS";
    const name = this.#dataset.replace(/[^A-Za-z0-9._-]/g, "_").toUpperCase();
    return /^[A-Z]/.test(name) && !BUILT_IN.has(name.toLowerCase()) ? name : `D_${name}`;
  }

  #ofIri(iri: string): { curie: string; iri: string } {
    const end = Math.max(iri.lastIndexOf("/"), iri.lastIndexOf("#")) + 1;
    const base = iri.slice(0, end);
    const known = [...this.#prefixes].find(([, other]) => other === base)?.[0];
    return this.#named(known ?? `ns${this.#prefixes.size + 1}`, base, iri.slice(end));
  }

  #named(prefix: string, base: string, local: string): { curie: string; iri: string } {
    this.#prefixes.set(prefix, base);
    const safe = encodeURIComponent(local);
    return { curie: `${prefix}:${safe}`, iri: `${base}${safe}` };
  }
}
