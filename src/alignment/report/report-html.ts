import { writeFileSync } from "node:fs";
import { grouped, html, type Markup, percent } from "../../report/html.ts";
import { REPORT_STYLE } from "../../report/report-style.ts";
import type { LexiconAlignment } from "../align-lexicon.ts";
import type { AlignmentSummary } from "../alignment-summary.ts";
import type { EncoderChecks } from "../encoder-checks.ts";
import { calibrationSection } from "./calibration-section.ts";
import { choiceSection } from "./choice-section.ts";
import { cosineDensityFigure, gradeDensityFigure } from "./distribution-figures.ts";
import { precisionSection, unrelatedSection } from "./encoder-checks-section.ts";
import { examplesSection, notTakenSection } from "./examples-section.ts";
import { humanSection } from "./human-section.ts";
import { lexiconSection } from "./lexicon-section.ts";
import { encoderColour } from "./palette.ts";
import { agreementFigure, ratingFigure, ratingTable, sourceFigure } from "./rating-figures.ts";

/** `report.html`: one file without scripts or anything from elsewhere, to be sent to a colleague or printed. */
export function writeReport(
  path: string,
  alignment: LexiconAlignment,
  summary: AlignmentSummary,
  checks: EncoderChecks,
): void {
  writeFileSync(path, reportHtml(alignment, summary, checks));
}

function reportHtml(alignment: LexiconAlignment, summary: AlignmentSummary, checks: EncoderChecks): string {
  const title = `${summary.lexicon.file} aligned to ${summary.dataset} ${summary.release}`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>@@STYLE@@</style>
</head>
<body>
<main>
<h1>${title}</h1>
<p class="subtitle">${summary.encoders.map(({ id }) => id).join(" and ")}, ${summary.mode} mode · ${summary.date}</p>
${cards(summary)}
${choiceSection(summary)}
${humanSection(summary)}
${ratings(summary)}
${agreementSection(summary)}
${examplesSection(alignment)}${notTakenSection(alignment)}
${scores(alignment)}
${calibrationSection(alignment.encoders)}
${unrelatedSection(alignment.encoders, checks)}
${precisionSection(alignment.encoders, checks)}
${lexiconSection(
  summary.statistics,
  alignment.entries.map(({ entry }) => entry),
  summary.lexicon.rejected,
)}
${provenance(summary)}
</main>
</body>
</html>
`;
  return page.text.replace("@@STYLE@@", () => REPORT_STYLE);
}

function cards({ entries, ratings: rows, sources, agreement }: AlignmentSummary): Markup {
  const merged = rows["complementarity"]!;
  const card = (value: string, what: string, first = false): Markup =>
    html`<div class="card${first ? " first" : ""}"><b>${value}</b><span>${what}</span></div>`;
  return html`<div class="cards">${card(
    grouped(merged["5"]),
    `of ${grouped(entries)} entries have a pair rated 5 (${percent(merged["5"], entries)})`,
    true,
  )}${card(grouped(merged["3"] + merged["4"]), "have a pair rated 3 or 4")}${
    sources["exact"]! > 0 ? card(grouped(sources["exact"]!), "bear the very name of a concept") : ""
  }${
    agreement.compared > 0
      ? card(
          percent(agreement.sameConcept, agreement.compared),
          "of the entries: the encoders rank the same concept first",
        )
      : ""
  }${card(grouped(merged["0"] + merged["none"]), "have no concept to speak of (rated 0, or none found)")}</div>`;
}

function ratings(summary: AlignmentSummary): Markup {
  return html`<section><h2>Ratings</h2>
<p class="lead">Each encoder's own best concept for each entry on the six-point scale, from its cosine by its calibration, and the complementarity merge of the sets: all that one encoder rates 5, then those that the other rates 5 and that are not there yet, then 4, and so down.</p>
${ratingFigure(summary)}${ratingTable(summary)}
<h3>Where the merged pairs come from</h3>${sourceFigure(summary)}</section>`;
}

function agreementSection(summary: AlignmentSummary): Markup {
  const { agreement, encoders, contributions } = summary;
  if (encoders.length < 2) return html``;
  const rows = encoders.map(({ id }, encoder) => {
    const { merged, fiveAlone, higherAlone, fiveGained } = contributions[id]!;
    return html`<tr><th scope="row"><i class="dot" style="background:${encoderColour(encoder)}"></i>${id}</th><td>${grouped(
      merged,
    )}</td><td>${grouped(fiveAlone)}</td><td>${grouped(higherAlone)}</td><td>+${grouped(fiveGained)}</td></tr>`;
  });
  const heat = agreementFigure(summary);
  return html`<section><h2>Two encoders</h2>
<p class="lead">Of ${grouped(agreement.compared)} entries, the encoders rank the same concept first for ${grouped(
    agreement.sameConcept,
  )} (${percent(agreement.sameConcept, agreement.compared)}) and give the same rating to ${grouped(
    agreement.sameRating,
  )} (${percent(agreement.sameRating, agreement.compared)}). They rate 5 together ${grouped(
    agreement.fiveTogether,
  )} times the same concept and ${grouped(agreement.fiveApart)} times different ones.</p>
<div class="pair"><div>${heat ?? ""}</div><div><table class="numbers"><thead><tr><th scope="col">What each brings</th><th scope="col">merged pairs</th><th scope="col">5 alone</th><th scope="col">higher alone</th><th scope="col">5 gained by the merge</th></tr></thead><tbody>${rows}</tbody></table>
<p class="note">“5 alone”: entries that this encoder rates 5 and no other does. “Gained”: pairs rated 5 in the merge beyond what this encoder has by itself. Ratings come from calibrated cosines; only a review tells how many are right.</p></div></div></section>`;
}

function scores(alignment: LexiconAlignment): Markup {
  return html`<section><h2>Scores</h2>
<p class="lead">Encoders differ in what a cosine means: one may give 0.9 to nonsense. The left figure shows the raw cosines, the right one the grades after each encoder's calibration, which is what ratings are made of. Dotted lines are medians.</p>
<div class="pair"><div>${cosineDensityFigure(alignment)}</div><div>${gradeDensityFigure(alignment)}</div></div></section>`;
}

function provenance(summary: AlignmentSummary): Markup {
  const item = (name: string, value: string | Markup): Markup => html`<dt>${name}</dt><dd>${value}</dd>`;
  return html`<section><h2>How this was made</h2><dl>${item("lexicon", html`${summary.lexicon.file} <code>sha256 ${summary.lexicon.sha256}</code>`)}${item(
    "release",
    html`${summary.dataset} ${summary.release} <code>${summary.releaseFingerprint}</code>`,
  )}${summary.encoders.map(({ id, hash, precision, dimension }) =>
    item("encoder", html`${id}, ${precision}, ${dimension} dimensions <code>${hash}</code>`),
  )}${item("parameters", html`<code>${JSON.stringify(summary.parameters)}</code>`)}${item(
    "made by",
    `${summary.tool.name} ${summary.tool.version}, ${summary.date}`,
  )}${item(
    "beside this report",
    "alignments.xlsx, alignments.csv, alignments.parquet, candidates.jsonl, alignments.sssom.tsv, alignments.rdf, conceptmap.json, conceptmap.r5.json, source_to_concept_map.csv, usagi.csv, joined.csv, summary.json",
  )}</dl></section>`;
}
