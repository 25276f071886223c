import { curve, figure, legend, px, scale, ticks } from "../../report/chart.ts";
import { html, type Markup } from "../../report/html.ts";
import type { SmoothedInput, TensorError } from "./quantization-debug.ts";

const BEFORE = "#c9803f";
const AFTER = "#3f74a8";
const SMALL = { width: 480, height: 190, left: 52, right: 10, top: 22, bottom: 40 };
const WIDE = { width: 980, height: 260, left: 56, right: 12, top: 22, bottom: 44 };
const SHOWN = 4;

/** Largest magnitude over the median: how much finer most channels could be quantized but for the outliers. */
export function outlierRatio(magnitudes: Float32Array): number {
  const sorted = magnitudes.toSorted();
  return sorted.at(-1)! / Math.max(sorted[sorted.length >> 1]!, 1e-9);
}

/** The inputs with the most pronounced outliers, channel by channel, before and after smoothing (paper, Fig. 4). */
export function magnitudeFigures(inputs: readonly SmoothedInput[]): Markup {
  const worst = inputs.toSorted((a, b) => outlierRatio(b.before) - outlierRatio(a.before)).slice(0, SHOWN);
  return html`${worst.map(
    ({ layer, before, after }) =>
      html`<h3>Input of ${layer}</h3><div class="pair"><div>${channelFigure(
        before,
        BEFORE,
        `before smoothing: largest ${shown(largest(before))}, ${outlierRatio(before).toFixed(1)} × the median`,
      )}</div><div>${channelFigure(
        after,
        AFTER,
        `after: largest ${shown(largest(after))}, ${outlierRatio(after).toFixed(1)} × the median`,
      )}</div></div>`,
  )}`;
}

function channelFigure(magnitudes: Float32Array, colour: string, caption: string): Markup {
  const high = largest(magnitudes);
  const base = SMALL.height - SMALL.bottom;
  const x = scale(0, magnitudes.length, SMALL.left, SMALL.width - SMALL.right);
  const y = scale(0, high, base, SMALL.top);
  const stems = Array.from(magnitudes, (value, i) => `M${px(x(i + 0.5))} ${base}V${px(y(value))}`).join("");
  const width = Math.max(0.4, (SMALL.width - SMALL.left - SMALL.right) / magnitudes.length);
  const axes = {
    xTicks: ticks(0, magnitudes.length, 4).map((at) => ({ at: x(at), label: String(at) })),
    xLabel: "channel",
    yTicks: ticks(0, high, 3).map((at) => ({ at: y(at), label: shown(at) })),
    yLabel: caption,
  };
  const path = html`<path d="${stems}" stroke="${colour}" stroke-width="${px(width)}" fill="none"/>`;
  return figure(SMALL, axes, [path], `Largest magnitude of each channel, ${caption}`);
}

/** Outliers of every input, before and after, in the order of the layers. */
export function outlierFigure(inputs: readonly SmoothedInput[]): Markup {
  const ratios = inputs.map(({ layer, before, after }) => ({
    layer,
    before: outlierRatio(before),
    after: outlierRatio(after),
  }));
  const most = Math.max(...ratios.flatMap((r) => [r.before, r.after]));
  const base = WIDE.height - WIDE.bottom;
  const x = scale(-0.5, ratios.length - 0.5, WIDE.left, WIDE.width - WIDE.right);
  const y = scale(0, Math.log2(Math.max(2, most)), base, WIDE.top);
  const dots = (which: "before" | "after", colour: string): Markup =>
    html`${ratios.map(
      ({ layer, [which]: ratio }, i) =>
        html`<circle cx="${px(x(i))}" cy="${px(y(Math.log2(ratio)))}" r="3.4" fill="${colour}"><title>${layer}, ${which}: ${ratio.toFixed(1)}</title></circle>`,
    )}`;
  const powers = Array.from({ length: Math.floor(Math.log2(Math.max(2, most))) + 1 }, (_, i) => i);
  const axes = {
    xTicks: [],
    xLabel: "inputs of linear layers, first to last",
    yTicks: powers.map((power) => ({ at: y(power), label: String(2 ** power) })),
    yLabel: "largest channel over the median one",
  };
  const alt =
    "How far the largest channel is above the median one, for every input, before and after smoothing";
  return html`${legend([
    { name: "before smoothing", colour: BEFORE },
    { name: "after", colour: AFTER },
  ])}${figure(WIDE, axes, [dots("before", BEFORE), dots("after", AFTER)], alt)}`;
}

/** Relative error of every tensor that the float and the quantized graph share. */
export function errorFigure(errors: readonly TensorError[]): Markup {
  const most = Math.max(...errors.map(({ error }) => error), 1e-6);
  const base = WIDE.height - WIDE.bottom;
  const x = scale(-0.5, errors.length - 0.5, WIDE.left, WIDE.width - WIDE.right);
  const y = scale(0, most, base, WIDE.top);
  const points = errors.map(({ error }, i) => [x(i), y(error)] as const);
  const dots = errors.map(
    ({ tensor, error }, i) =>
      html`<circle cx="${px(x(i))}" cy="${px(y(error))}" r="3" fill="${AFTER}"><title>${tensor}: ${(100 * error).toFixed(2)} %</title></circle>`,
  );
  const axes = {
    xTicks: [],
    xLabel: "tensors of the graph, first to last",
    yTicks: ticks(0, most, 4).map((at) => ({ at: y(at), label: `${Number((100 * at).toPrecision(3))} %` })),
    yLabel: "|x − x̂| / |x|",
  };
  const alt = `Relative error of ${errors.length} tensors; the largest is ${(100 * most).toFixed(1)} %`;
  return figure(WIDE, axes, [curve(points, AFTER, base), ...dots], alt);
}

/** The tensors that quantization disturbs most. */
export function errorTable(errors: readonly TensorError[]): Markup {
  const rows = errors
    .toSorted((a, b) => b.error - a.error)
    .slice(0, 8)
    .map(
      ({ tensor, error }) =>
        html`<tr><th scope="row">${tensor}</th><td>${(100 * error).toFixed(2)} %</td><td>${(-20 * Math.log10(error)).toFixed(1)} dB</td></tr>`,
    );
  return html`<table class="numbers"><thead><tr><th scope="col">most disturbed</th><th scope="col">error</th><th scope="col">signal to noise</th></tr></thead><tbody>${rows}</tbody></table>`;
}

function largest(values: Float32Array): number {
  return values.reduce((a, b) => Math.max(a, b), 0);
}

function shown(value: number): string {
  return Number(value.toPrecision(3)).toString();
}
