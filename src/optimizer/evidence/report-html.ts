import { html, type Markup } from "../../report/html.ts";
import { REPORT_STYLE } from "../../report/report-style.ts";
import { candidateNames } from "./candidate-names.ts";
import { candidateTable, goalTable } from "./candidate-table.ts";
import { errorFigure, errorTable, magnitudeFigures, outlierFigure } from "./debug-figures.ts";
import type { Evidence, ReportedCandidate } from "./evidence.ts";
import { paretoFigure } from "./pareto-figure.ts";

const OWN_STYLE = `
.wide { overflow-x: auto; }
.candidates { font-size: 13px; }
.candidates th, .candidates td { padding: 6px 7px; }
.candidates td:not(.text) { white-space: nowrap; }
.candidates .text { min-width: 170px; }
.candidates tr.chosen > * { background: #eef5f1; }
.numbers tbody th { font-size: 13px; }
@media print { @page { size: A4 landscape; } .candidates { font-size: 10px; } .candidates th, .candidates td { padding: 4px; } .wide { overflow: visible; } }
`;

/** `report.html`: what a search found and why, one file without scripts or anything from elsewhere, to be printed as well. */
export function optimizerReport(evidence: Evidence): string {
  const { encoder, base, candidates, target, threads } = evidence;
  const chosen = candidates.find(({ isChosen }) => isChosen)!;
  const tasks = Object.keys(evidence.baseline.metrics).filter((name) => name.startsWith("task."));
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${encoder}: optimization</title>
<style>@@STYLE@@</style>
</head>
<body>
<main>
<h1>${encoder}</h1>
<p class="subtitle">made from ${base || "a local checkpoint"} for ${target.provider}, ${threads} thread${threads > 1 ? "s" : ""} on ${target.cpu.model} (${target.cpu.instructions.join(", ") || target.cpu.architecture})</p>
${cards(evidence, chosen)}
<section><h2>Candidates</h2>
<p class="lead">${chosenSentence(evidence, chosen)} A filled point meets all goals; the dashed line is the Pareto front of those that do.</p>
${paretoFigure(evidence, tasks[0] ?? "cosine.mean")}
${candidateTable(evidence)}
<p class="note">Latency is that of one string alone, in milliseconds; strings a second are in full batches. Candidates are timed in turns with float32 until the difference is significant. “Cosine”: between a string's vector and its float32 vector, over ${evidence.strings.evaluation} strings that nothing was calibrated with; p1 is what all but one in a hundred exceed. Energy: ${evidence.energy}.</p>
<h3>Goals</h3>${goalTable(evidence)}
${failures(evidence)}</section>
${smoothing(evidence)}
${errors(evidence)}
${provenance(evidence, chosen)}
</main>
</body>
</html>
`;
  return page.text.replace("@@STYLE@@", () => REPORT_STYLE + OWN_STYLE);
}

function cards({ baseline }: Evidence, { evaluation: { metrics } }: ReportedCandidate): Markup {
  const card = (value: string, what: string, first = false): Markup =>
    html`<div class="card${first ? " first" : ""}"><b>${value}</b><span>${what}</span></div>`;
  const ratio = (metric: string): number => metrics[metric]! / baseline.metrics[metric]!;
  return html`<div class="cards">${card(`${ratio("throughput").toFixed(2)}×`, "the strings a second of float32 at the same shapes", true)}${card(
    `${(1 / ratio("latency.avg")).toFixed(2)}×`,
    "as fast for one string alone",
  )}${card(`${(100 * ratio("size")).toFixed(0)} %`, `of the size: ${(metrics["size"]! / 1e6).toFixed(1)} MB`)}${card(
    metrics["cosine.mean"]!.toFixed(4),
    "mean cosine to float32",
  )}${card(metrics["cosine.p1"]!.toFixed(4), "first percentile of the cosine")}</div>`;
}

function chosenSentence({ candidates, ended }: Evidence, chosen: ReportedCandidate): string {
  const missed = chosen.goals.filter(({ shortfall }) => shortfall > 0).map(({ metric }) => metric);
  const count = `${candidates.length} candidate${candidates.length > 1 ? "s were" : " was"} measured (${ended}).`;
  if (missed.length > 0)
    return `${count} None meets all goals; number ${chosen.number}, the nearest, misses ${missed.join(", ")}.`;
  return `${count} Number ${chosen.number} was chosen.`;
}

function failures(evidence: Evidence): Markup {
  if (evidence.failures.length === 0) return html``;
  const names = candidateNames(evidence.failures.map(({ steps }) => steps));
  return html`<h3>Not possible</h3><table><tbody>${evidence.failures.map(
    ({ reason }, i) => html`<tr><th scope="row">${names[i]}</th><td>${reason}</td></tr>`,
  )}</tbody></table>`;
}

function smoothing({ debug: { inputs } }: Evidence): Markup {
  if (inputs.length === 0)
    return html`<section><h2>Smoothing</h2><p class="lead">The chosen candidate smooths nothing.</p></section>`;
  return html`<section><h2>Smoothing</h2>
<p class="lead">One scale of 256 steps serves all channels of an input: a few large channels make the steps coarse for all. Smoothing divides each channel by a factor that the weights take up. Of ${inputs.length} inputs, the ${Math.min(4, inputs.length)} with the largest outliers, each channel's largest magnitude over calibration strings:</p>
${magnitudeFigures(inputs)}<h3>All inputs</h3>${outlierFigure(inputs)}</section>`;
}

function errors({ debug: { errors: list } }: Evidence): Markup {
  if (list.length === 0)
    return html`<section><h2>Float against quantized</h2><p class="lead">The graphs share no tensor that could be compared.</p></section>`;
  return html`<section><h2>Float against quantized</h2>
<p class="lead">How far each tensor of the chosen graph is from the same one in float32, over calibration strings: what comes in from the layers before included.</p>
${errorFigure(list)}${errorTable(list)}</section>`;
}

function provenance(evidence: Evidence, chosen: ReportedCandidate): Markup {
  const item = (name: string, value: string | Markup): Markup => html`<dt>${name}</dt><dd>${value}</dd>`;
  const passes = chosen.steps.map(({ pass, parameters }) => `${pass.name} ${JSON.stringify(parameters)}`);
  return html`<section><h2>How this was made</h2><dl>${passes.map((pass, i) =>
    item(i === 0 ? "passes" : "", html`<code>${pass}</code>`),
  )}${item(
    "strings",
    `${evidence.strings.calibration} to set scales, ${evidence.strings.evaluation} others to judge`,
  )}${item("model", html`<code>${chosen.key}</code>`)}${item("made by", `Termduet ${evidence.version}, ${new Date().toISOString().slice(0, 10)}`)}${item(
    "beside this report",
    "footprint.json, with the lineage of every candidate",
  )}</dl></section>`;
}
