const UMLS = "https://uts.nlm.nih.gov/uts/umls/concept/";
const TERMDUET = "https://w3id.org/termduet/";
const SLOTS = [
  "subject_label",
  "predicate_id",
  "object_id",
  "object_label",
  "mapping_justification",
  "confidence",
  "match_string",
  "similarity_score",
  "similarity_measure",
  "comment",
];

/**
 * The results of a search as a mapping set in SSSOM, the query as a literal: one row for each result, and one for each
 * piece of evidence, as `termduet align` writes them.
 */
export function sssomOf({ query, dataset, release, results }) {
  const prefixes = new Map([["termduet", TERMDUET]]);
  const subject = { subject_label: oneLine(query) };
  const rows = results
    .filter(({ rating }) => rating > 0)
    .flatMap((result) => rowsOf(result, subject, dataset, prefixes));
  if (rows.length === 0)
    rows.push({
      ...subject,
      predicate_id: "skos:exactMatch",
      object_id: "sssom:NoTermFound",
      mapping_justification: "semapv:CompositeMatching",
    });
  const used = SLOTS.filter((slot) => rows.some((row) => row[slot] !== undefined));
  const set = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) =>
    byte.toString(16).padStart(2, "0"),
  );
  const head = [
    "curie_map:",
    ...[...prefixes].sort().map(([prefix, iri]) => `  ${prefix}: ${JSON.stringify(iri)}`),
    `mapping_set_id: ${JSON.stringify(`${TERMDUET}mapping-set/${set.join("")}`)}`,
    `license: ${JSON.stringify("https://w3id.org/sssom/license/unspecified")}`,
    "subject_type: rdfs literal",
    `object_source: termduet:dataset/${encodeURIComponent(dataset)}`,
    `object_source_version: ${JSON.stringify(release)}`,
    "mapping_tool: Termduet",
    `mapping_date: ${JSON.stringify(new Date().toISOString().slice(0, 10))}`,
  ];
  const lines = rows.map((row) => used.map((slot) => cell(row[slot] ?? "")).join("\t"));
  return [...head.map((line) => `#${line}`), used.join("\t"), ...lines.sort(), ""].join("\n");
}

function rowsOf({ cui, name, string, rating, matchType, scores }, subject, dataset, prefixes) {
  const pair = { ...subject, object_id: curieOf(cui, dataset, prefixes), object_label: oneLine(name) };
  const rows = [
    {
      ...pair,
      predicate_id: predicateOf(rating),
      mapping_justification: "semapv:CompositeMatching",
      confidence: String(rating / 5),
      comment: `rated ${rating} of 5`,
    },
  ];
  if (matchType === "exact" || matchType === "normalized")
    rows.push({
      ...pair,
      predicate_id: "skos:exactMatch",
      mapping_justification: "semapv:LexicalMatching",
      confidence: "1",
      match_string: oneLine(string).replaceAll(/[\\|]/g, "\\$&"),
      comment: `${matchType} match`,
    });
  for (const [encoder, score] of Object.entries(scores))
    if (score.rating > 0)
      rows.push({
        ...pair,
        predicate_id: predicateOf(score.rating),
        mapping_justification: "semapv:SemanticSimilarityThresholdMatching",
        confidence: String(score.rating / 5),
        similarity_score: String(Math.round(Math.min(1, Math.max(0, score.cosine)) * 1000) / 1000),
        similarity_measure: `cosine (${encoder})`,
        comment: `rated ${score.rating} of 5`,
      });
  return rows;
}

function predicateOf(rating) {
  if (rating === 5) return "skos:exactMatch";
  return rating >= 3 ? "skos:closeMatch" : "skos:relatedMatch";
}

/** `HP:0001658` keeps its prefix; a CUI stands behind NLM's in datasets named umls…, else behind the dataset's own. */
function curieOf(cui, dataset, prefixes) {
  const [, prefix, local] = /^([A-Za-z][A-Za-z0-9._-]*):([^\s|/]+)$/.exec(cui) ?? [];
  if (prefix) {
    prefixes.set(prefix, `http://purl.obolibrary.org/obo/${prefix}_`);
    return `${prefix}:${encodeURIComponent(local)}`;
  }
  const isUmls = /^umls/i.test(dataset);
  const own = isUmls ? "UMLS" : `D_${dataset.replaceAll(/[^A-Za-z0-9._-]/g, "_").toUpperCase()}`;
  prefixes.set(own, isUmls ? UMLS : `${TERMDUET}dataset/${encodeURIComponent(dataset)}/`);
  return `${own}:${encodeURIComponent(cui)}`;
}

function oneLine(text) {
  return text.replaceAll(/[\t\r\n]+/g, " ");
}

function cell(text) {
  return /^#|"/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
