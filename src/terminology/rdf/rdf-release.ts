import { utf8Content } from "../files/text-encoding.ts";
import { atomsOf, joinedRowsOf } from "../obo/ontology-term.ts";
import { rejectOf } from "../rejects-file.ts";
import type { ReadOptions, ReleaseRow } from "../release-source.ts";
import { SingleFileRelease } from "../single-file-release.ts";
import { TermduetError } from "../termduet-error.ts";
import { AnonymousNodes } from "./anonymous-nodes.ts";
import { finishedTerms, type LocatedTerm } from "./finished-terms.ts";
import { GraphTerms } from "./graph-terms.ts";
import { PredicateRoles } from "./predicate-roles.ts";
import { rdfText } from "./rdf-text.ts";
import { readRdfXml } from "./rdfxml-triples.ts";
import { readTurtle } from "./turtle-triples.ts";

const BATCH_ROWS = 2_000;

/**
 * An ontology in OWL (RDF/XML, Turtle, N-Triples), or a thesaurus in SKOS: classes and concepts with all their labels and
 * synonyms by language, definitions, what is deprecated and what replaced it, parents, relations by restrictions, disjoint
 * and equivalent classes, mappings. Statements may stand in any order, so what is read of the terms is in memory until the
 * end of the file; what else the file holds is not.
 */
export class RdfRelease extends SingleFileRelease {
  readonly format = "rdf";

  async *rows(options: ReadOptions): AsyncGenerator<ReleaseRow[], void, undefined> {
    const { name } = this;
    const roles = new PredicateRoles();
    const nodes = new AnonymousNodes();
    const graph = new GraphTerms(roles, nodes);
    const content = utf8Content(this.content(options), { name });
    const { syntax, text } = await rdfText(content, name);
    const read = syntax === "rdfxml" ? readRdfXml : readTurtle;
    await read(stoppable(text, options.signal), name, (triple, line) => graph.add(triple, line));
    if (graph.imports.length > 0)
      options.onNotice?.(
        `${name} imports ${graph.imports.join(", ")}, which is not read: merge them (robot merge) if their terms are wanted`,
      );
    const terms: LocatedTerm[] = [];
    let hasAtoms = false;
    let rows: ReleaseRow[] = [];
    for (const term of finishedTerms(graph, nodes, roles)) {
      terms.push(term);
      const { atoms, reasons } = atomsOf(term);
      for (const reason of reasons) options.onReject(rejectOf(name, term.line, reason, term.id));
      for (const atom of atoms) rows.push({ kind: "atom", atom });
      hasAtoms ||= atoms.length > 0;
      if (rows.length < BATCH_ROWS) continue;
      yield rows;
      rows = [];
    }
    if (!hasAtoms)
      throw new TermduetError(
        "bad-input",
        `${name} has no class and no concept with a label: check that it is an ontology or a SKOS thesaurus`,
      );
    if (rows.length > 0) yield rows;
    for (let at = 0; at < terms.length; at += BATCH_ROWS) {
      const joined = terms.slice(at, at + BATCH_ROWS).flatMap(joinedRowsOf);
      if (joined.length > 0) yield joined;
    }
  }
}

async function* stoppable(text: AsyncIterable<string>, signal: AbortSignal | undefined) {
  for await (const piece of text) {
    signal?.throwIfAborted();
    yield piece;
  }
}
