import type { LexiconAlignment } from "./align-lexicon.ts";
import type { Identifiers } from "./identifiers.ts";
import { TextFile } from "./table-file.ts";
import { takenPair } from "./taken-pair.ts";

/**
 * `alignments.rdf`: the merged pairs in the alignment format of the OAEI (Alignment API, level 0), relation `=`, with
 * the confidence as measure. Pairs rated 0 or below `minRating` are left out.
 */
export function writeOaeiRdf(
  path: string,
  { release, encoders, entries }: LexiconAlignment,
  identifiers: Identifiers,
  minRating: number,
): void {
  using file = new TextFile(path);
  const releaseIri = `${identifiers.source().iri}/${encodeURIComponent(release.release)}`;
  file.write(
    `<?xml version="1.0" encoding="utf-8"?>
<rdf:RDF xmlns="http://knowledgeweb.semanticweb.org/heterogeneity/alignment#"
         xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
         xmlns:xsd="http://www.w3.org/2001/XMLSchema#">
<Alignment>
  <xml>yes</xml>
  <level>0</level>
  <type>**</type>
  <method>${xml(`Termduet, ${encoders.map(({ id }) => id).join(" and ")}`)}</method>
  <onto1><Ontology rdf:about="${xml(identifiers.lexiconIri)}"><location>${xml(identifiers.lexiconIri)}</location></Ontology></onto1>
  <onto2><Ontology rdf:about="${xml(releaseIri)}"><location>${xml(releaseIri)}</location></Ontology></onto2>
`,
  );
  for (const aligned of entries) {
    const { entry } = aligned;
    const merged = takenPair(aligned, minRating);
    if (!merged) continue;
    file.write(`  <map><Cell>
    <entity1 rdf:resource="${xml(identifiers.entry(entry.id).iri)}"/>
    <entity2 rdf:resource="${xml(identifiers.concept(merged.concept.cui).iri)}"/>
    <measure rdf:datatype="http://www.w3.org/2001/XMLSchema#float">${merged.confidence.toFixed(4)}</measure>
    <relation>=</relation>
  </Cell></map>
`);
  }
  file.write("</Alignment>\n</rdf:RDF>\n");
  file.flush();
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function xml(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => ENTITIES[sign]!);
}
