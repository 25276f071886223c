import type { SearchResponse, SearchResult } from "../retrieval/request/search-types.ts";
import { coloured, fitted } from "./style.ts";

/** An answer for people: two lines a concept, and with `--explain` why it is where it is. */
export function responseText(response: SearchResponse): string {
  const { dataset, release, tookMs, results, close, noSuchCode, ambiguous, reading } = response;
  const lines = [coloured("dim", `${dataset} ${release} · ${results.length} results · ${tookMs} ms`)];
  if (reading) lines.push(`read as: ${reading.text}`);
  if (noSuchCode) lines.push("the query is written as a code, and the release has none such");
  else if (results.length === 0) lines.push("nothing found");
  else if (!close) lines.push(coloured("yellow", "nothing here is near; what follows is what is least far"));
  if (ambiguous) lines.push("several concepts have this very name, and mean different things");
  lines.push(...results.flatMap(resultLines));
  return `${lines.map((line) => fitted(line)).join("\n")}\n`;
}

function resultLines(result: SearchResult): string[] {
  const { rank, rating, cui, name, display, string, lat, sab, matchType, semanticTypes, differs } = result;
  const shown = display?.text ?? name;
  const via = string === shown ? "" : ` — ${string} (${lat})`;
  const types = semanticTypes.map((type) => type.name).join(", ");
  return [
    `${String(rank).padStart(3)}  ${"●".repeat(rating)}${"○".repeat(5 - rating)}  ${cui}  ${shown}${via}`,
    `              ${matchType} · ${sab}${types ? ` · ${types}` : ""}`,
    ...(differs?.length ? [`              differs in ${differs.map(differenceText).join(", ")}`] : []),
    ...explained(result),
  ];
}

function explained({ explanation = [], matches = [], scores }: SearchResult): string[] {
  const found = matches.map(({ by, string }) => `found by its ${by}: ${string}`);
  const seen = explanation.flatMap(({ encoder, string, cosine, grade, definition, standing }) => {
    const place = scores[encoder]?.rank;
    const parts = [
      `${encoder}: cosine ${cosine.toFixed(3)} to "${string}"`,
      `graded ${grade.toFixed(1)}`,
      ...(place === undefined ? [] : [`its number ${place}`]),
      ...(standing ? [`${standing > 0 ? "raised" : "lowered"} for how well it is known`] : []),
    ];
    const near = definition
      ? [`  its definition, cosine ${definition.cosine.toFixed(3)}: ${definition.text}`]
      : [];
    return [parts.join(" · "), ...near];
  });
  return [...found, ...seen].map((line) => `              ${line}`);
}

function differenceText({ kind, query, name }: NonNullable<SearchResult["differs"]>[number]): string {
  if (query !== undefined && name !== undefined) return `${kind} (${query} asked, ${name} here)`;
  return query !== undefined ? `${kind} (${query} asked)` : `${kind} (${name} here)`;
}
