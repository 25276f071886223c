import { DEFAULT_FRAME, type Frame, figure, px, scale } from "../../report/chart.ts";
import { grouped, html, type Markup, percent } from "../../report/html.ts";
import type { AlignmentSummary } from "../alignment-summary.ts";
import { MERGED_COLOUR } from "./palette.ts";

/** The strong mode's choice: how many pairs are taken, and how far its probabilities can be trusted. */
export function choiceSection({ choice, entries }: AlignmentSummary): Markup {
  if (!choice) return html``;
  const { threshold, taken, notTheMerges, matcher } = choice;
  return html`<section><h2>The pairs that are taken</h2>
<p class="lead">Each entry has the concept that is most probable by both encoders, the letters of the names, the rest of the lexicon and the hierarchy. ${grouped(
    taken,
  )} of ${grouped(entries)} (${percent(taken, entries)}) reach the probability ${threshold.toFixed(
    2,
  )} and are taken for mappings; ${grouped(
    notTheMerges,
  )} entries have another concept than the merge of the ratings would give.</p>
<div class="pair"><div>${reliabilityFigure(matcher.reliability)}</div><div><table class="checks"><tbody>
<tr><td>precision where F1 is to be highest</td><td class="number">${matcher.f1.precision.toFixed(3)}</td></tr>
<tr><td>recall there</td><td class="number">${matcher.f1.recall.toFixed(3)}</td></tr>
<tr><td>recall where the precision is to be high (${matcher.precision.precision.toFixed(3)})</td><td class="number">${matcher.precision.recall.toFixed(3)}</td></tr>
</tbody></table><p class="note">Cross-validated on ${matcher.origin}. A lexicon in other words or another language than the release's names is harder than that: only a review tells how many are right here.</p></div></div></section>`;
}

function reliabilityFigure(bins: NonNullable<AlignmentSummary["choice"]>["matcher"]["reliability"]): Markup {
  if (bins.length === 0) return html``;
  const frame: Frame = { ...DEFAULT_FRAME, width: 480, height: 280 };
  const x = scale(0, 1, frame.left, frame.width - frame.right);
  const y = scale(0, 1, frame.height - frame.bottom, frame.top + 6);
  const most = Math.max(...bins.map(({ pairs }) => pairs));
  const diagonal = html`<line x1="${px(x(0))}" y1="${px(y(0))}" x2="${px(x(1))}" y2="${px(y(1))}" stroke="#b9bfc3" stroke-dasharray="3 4"/>`;
  const dots = bins.map(
    ({ probability, right, pairs }) =>
      html`<circle cx="${px(x(probability))}" cy="${px(y(right))}" r="${px(4 + 7 * Math.sqrt(pairs / most))}" fill="${MERGED_COLOUR}" fill-opacity="0.75"><title>${grouped(pairs)} pairs given ${probability.toFixed(2)}: ${percent(right, 1)} right</title></circle>`,
  );
  const marks = [0, 0.25, 0.5, 0.75, 1];
  const axes = {
    xTicks: marks.map((mark) => ({ at: x(mark), label: String(mark) })),
    xLabel: "probability given",
    yTicks: marks.map((mark) => ({ at: y(mark), label: percent(mark, 1) })),
    yLabel: "right",
  };
  return figure(frame, axes, [diagonal, ...dots], "How often pairs of a given probability were right");
}
