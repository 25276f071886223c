import { grouped, html, type Markup } from "../../report/html.ts";
import type { AlignedEncoder } from "../align-lexicon.ts";
import type { EncoderChecks, PrecisionComparison, UnrelatedPair } from "../encoder-checks.ts";
import { densityFigure } from "./distribution-figures.ts";
import { encoderColour, NEUTRAL_COLOUR } from "./palette.ts";

const EXAMPLES = 4;

/** What each encoder gives to pairs that have nothing to do with each other, before and after calibration (paper Table 5). */
export function unrelatedSection(encoders: readonly AlignedEncoder[], { unrelated }: EncoderChecks): Markup {
  if (unrelated.length === 0) return html``;
  const rows = encoders.map(({ id }, encoder) => {
    const cosines = unrelated.map(({ scores }) => scores[encoder]!.cosine).sort((a, b) => a - b);
    const grades = unrelated.map(({ scores }) => scores[encoder]!.grade).sort((a, b) => a - b);
    const at = (values: readonly number[], share: number): number =>
      values[Math.min(values.length - 1, Math.floor(share * values.length))]!;
    return html`<tr><th scope="row"><i class="dot" style="background:${encoderColour(encoder)}"></i>${id}</th><td>${at(cosines, 0.5).toFixed(3)}</td><td>${at(cosines, 0.95).toFixed(3)}</td><td>${at(grades, 0.5).toFixed(2)}</td><td>${at(grades, 0.95).toFixed(2)}</td><td>${grouped(
      grades.filter((grade) => grade < 0.5).length,
    )} of ${grouped(grades.length)}</td></tr>`;
  });
  const step = Math.max(1, Math.floor(unrelated.length / EXAMPLES));
  const examples = unrelated.filter((_, i) => i % step === 0).slice(0, EXAMPLES);
  return html`<section><h2>What unrelated pairs get</h2>
<p class="lead">An entry and the name that was found for quite another entry: a good score here is a wrong one. Raw cosines may be high for nonsense; calibration has to bring them to 0.</p>
<table class="numbers"><thead><tr><th scope="col">Encoder</th><th scope="col">cosine, median</th><th scope="col">95 %</th><th scope="col">grade, median</th><th scope="col">95 %</th><th scope="col">rated 0</th></tr></thead><tbody>${rows}</tbody></table>
${exampleTable(examples, encoders)}</section>`;
}

function exampleTable(examples: readonly UnrelatedPair[], encoders: readonly AlignedEncoder[]): Markup {
  const rows = examples.map(
    ({ source, target, scores }) =>
      html`<tr><td>${shortened(source)}</td><td>${shortened(target)}</td>${scores.map(
        ({ cosine, grade }) =>
          html`<td class="number">${(100 * cosine).toFixed(0)} % → ${(20 * grade).toFixed(0)} %</td>`,
      )}</tr>`,
  );
  return html`<table class="examples"><thead><tr><th scope="col">Entry</th><th scope="col">Name of another</th>${encoders.map(
    ({ id }) => html`<th scope="col" class="number">${id}, before → after</th>`,
  )}</tr></thead><tbody>${rows}</tbody></table>`;
}

/** The same pairs in floating point and quantized (paper Fig. 5), for each encoder of which both are at hand. */
export function precisionSection(encoders: readonly AlignedEncoder[], { precisions }: EncoderChecks): Markup {
  if (precisions.length === 0) return html``;
  return html`<section><h2>What quantization changes</h2>
<p class="lead">The cosines of ${grouped(precisions[0]!.cosines.length)} pairs of the alignment by the encoder that was used and by its floating-point form: curves that lie on each other say that ratings would be the same.</p>
<div class="pair">${precisions.map((comparison) => html`<div>${comparisonFigure(encoders, comparison)}</div>`)}</div></section>`;
}

function comparisonFigure(
  encoders: readonly AlignedEncoder[],
  { encoder, precision, other, cosines, otherCosines }: PrecisionComparison,
): Markup {
  const { id } = encoders[encoder]!;
  const lowest = Math.min(...cosines, ...otherCosines);
  const differences = cosines.map((value, i) => Math.abs(value - otherCosines[i]!)).sort((a, b) => a - b);
  const series = [
    { name: `${id}, ${precision}`, colour: encoderColour(encoder), values: cosines },
    { name: `${other.id}, ${other.precision}`, colour: NEUTRAL_COLOUR, values: otherCosines },
  ];
  const from = Math.max(-1, Math.floor((lowest - 0.03) * 20) / 20);
  return html`${densityFigure(series, [from, 1], "cosine", `Densities of the cosines of ${id} in two precisions`)}
<p class="note">Half of the cosines differ by at most ${differences[Math.floor(differences.length / 2)]!.toFixed(4)}, 95 % by at most ${differences[Math.floor(0.95 * differences.length)]!.toFixed(4)}.</p>`;
}

function shortened(text: string): string {
  const characters = [...text];
  return characters.length <= 110 ? text : `${characters.slice(0, 109).join("")}…`;
}
