import { html, type Markup } from "../../report/html.ts";
import type { Evaluation } from "../evaluation/evaluate-candidate.ts";
import { candidateNames } from "./candidate-names.ts";
import type { Evidence } from "./evidence.ts";

// Kilograms of CO2 for a kilowatt-hour: what the paper takes (§4.3).
const CO2_PER_KWH = 0.475;

/** The paper's Table 3 for every candidate: performance, latency, size, and energy where it was read. */
export function candidateTable({ baseline, candidates }: Evidence): Markup {
  const tasks = Object.keys(baseline.metrics).filter((name) => name.startsWith("task."));
  const names = candidateNames(candidates.map(({ steps }) => steps));
  const hasEnergy = baseline.metrics["energy"] !== undefined;
  const columns = [
    ...tasks.map((name) => name.slice("task.".length)),
    "cosine mean",
    "cosine p1",
    "same neighbour",
    "alone = in a batch",
    "latency avg",
    "max",
    "min",
    "strings/s",
    "MB",
    ...(hasEnergy ? ["J / 1000 strings", "g CO₂ / million"] : []),
  ];
  const row = (mark: string, name: string, { metrics, timing }: Evaluation, isChosen: boolean): Markup => {
    const value = (metric: string, digits: number): string => metrics[metric]!.toFixed(digits);
    const speed = metrics["throughput"]! / baseline.metrics["throughput"]!;
    const interval = timing
      ? `95 %: ${(1 / timing.bulk.interval[1]).toFixed(2)}–${(1 / timing.bulk.interval[0]).toFixed(2)}×, ${timing.bulk.rounds} rounds in turns with float32`
      : "the baseline of all others";
    const share = (100 * metrics["size"]!) / baseline.metrics["size"]!;
    const joules = metrics["energy"];
    const cells = [
      ...tasks.map((task) => value(task, 4)),
      value("cosine.mean", 5),
      value("cosine.p1", 5),
      `${(100 * metrics["agreement"]!).toFixed(1)} %`,
      value("batch-independence", 6),
      value("latency.avg", 2),
      value("latency.max", 2),
      value("latency.min", 2),
      html`<span title="${interval}">${metrics["throughput"]!.toFixed(0)} (${speed.toFixed(2)}×)</span>`,
      `${(metrics["size"]! / 1e6).toFixed(1)} (${share.toFixed(0)} %)`,
      ...(hasEnergy
        ? [joules?.toFixed(1) ?? "", joules === undefined ? "" : gramsOfCo2(joules).toFixed(1)]
        : []),
    ];
    return html`<tr${isChosen ? html` class="chosen"` : ""}><th scope="row">${mark}</th><td class="text">${name}${
      isChosen ? html` <span class="taken">chosen</span>` : ""
    }</td>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`;
  };
  return html`<div class="wide"><table class="numbers candidates"><thead><tr><th scope="col"></th><th scope="col" class="text">passes</th>${columns.map(
    (column) => html`<th scope="col">${column}</th>`,
  )}</tr></thead><tbody>${row("", "float32", baseline, false)}${candidates.map((candidate, i) =>
    row(String(candidate.number), names[i]!, candidate.evaluation, candidate.isChosen),
  )}</tbody></table></div>`;
}

/** From joules for a thousand strings to grams for a million. */
function gramsOfCo2(joules: number): number {
  return ((joules * 1000) / 3.6e6) * CO2_PER_KWH * 1000;
}

/** How each candidate stands to each goal. */
export function goalTable({ candidates }: Evidence): Markup {
  const [first] = candidates;
  if (!first || first.goals.length === 0) return html`<p class="lead">No goals were set.</p>`;
  const head = first.goals.map(
    ({ metric, threshold }) => html`<th scope="col">${metric} ${Number(threshold.toPrecision(5))}</th>`,
  );
  const rows = candidates.map(
    ({ number, goals }) =>
      html`<tr><th scope="row">${number}</th>${goals.map(
        ({ value, shortfall }) =>
          html`<td>${shortfall === 0 ? "✓" : "✗"} ${Number(value.toPrecision(5))}</td>`,
      )}</tr>`,
  );
  return html`<div class="wide"><table class="numbers"><thead><tr><th scope="col"></th>${head}</tr></thead><tbody>${rows}</tbody></table></div>`;
}
