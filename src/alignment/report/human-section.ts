import { grouped, html, type Markup } from "../../report/html.ts";
import type { AlignmentSummary } from "../alignment-summary.ts";

/** The paper's Table 4 from people's ratings, and what a perfect choice between the encoders would add. */
export function humanSection({ human, encoders }: AlignmentSummary): Markup {
  if (!human) return html``;
  const rows = [...encoders.map(({ id }) => id), "complementarity"].map((name) =>
    row(name, human.ratings[name]!),
  );
  return html`<section><h2>What people say</h2>
<p class="lead">People rated the pairs of all encoders for ${grouped(human.entries)} entries. Their ratings take the place of the calibrated ones. Of these entries the merge by calibrated ratings has ${grouped(
    human.oracleGap,
  )} pairs rated 5 fewer than a perfect choice between the encoders would have.</p>
<table class="numbers"><thead><tr><th scope="col">Model</th>${[0, 1, 2, 3, 4, 5].map(
    (rating) => html`<th scope="col">@${rating}</th>`,
  )}</tr></thead><tbody>${rows}${row("a perfect choice", human.oracle)}</tbody></table></section>`;
}

function row(name: string, counts: readonly number[]): Markup {
  return html`<tr><th scope="row">${name}</th>${counts.map((count) => html`<td>${grouped(count)}</td>`)}</tr>`;
}
