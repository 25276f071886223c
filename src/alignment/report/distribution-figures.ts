import { bar, curve, DEFAULT_FRAME, type Frame, figure, legend, scale, ticks } from "../../report/chart.ts";
import { grouped, html, type Markup } from "../../report/html.ts";
import type { LexiconAlignment } from "../align-lexicon.ts";
import { ownSighting } from "../aligned-entry.ts";
import { gaussianDensity } from "./density.ts";
import { encoderColour } from "./palette.ts";

const POINTS = 200;
// A density of more values than these looks the same and takes seconds.
const MAX_VALUES = 5000;

/** Densities of the cosines of each encoder's best concepts (paper Fig. 5 A). */
export function cosineDensityFigure({ encoders, entries }: LexiconAlignment): Markup {
  const values = encoders.map((_, encoder) =>
    thinned(entries.flatMap((entry) => ownSighting(entry, encoder)?.cosine ?? [])),
  );
  const lowest = Math.min(1, ...values.flat());
  const from = Math.max(-1, Math.floor((lowest - 0.03) * 20) / 20);
  return densityFigure(
    encoders.map(({ id }, encoder) => ({
      name: id,
      colour: encoderColour(encoder),
      values: values[encoder]!,
    })),
    [from, 1],
    "cosine of the best concept",
    "Densities of the cosines that each encoder gives to its best concepts",
  );
}

/** Densities of the same on the common scale, after each encoder's calibration. */
export function gradeDensityFigure({ encoders, entries }: LexiconAlignment): Markup {
  const series = encoders.map(({ id }, encoder) => ({
    name: id,
    colour: encoderColour(encoder),
    values: thinned(entries.flatMap((entry) => ownSighting(entry, encoder)?.grade ?? [])),
  }));
  return densityFigure(
    series,
    [0, 5],
    "grade after calibration",
    "Densities of the grades that each encoder gives to its best concepts",
  );
}

/** Densities of several series on one axis, with their medians. */
export function densityFigure(
  series: readonly { name: string; colour: string; values: number[] }[],
  [from, to]: readonly [number, number],
  xLabel: string,
  alt: string,
): Markup {
  const frame: Frame = { ...DEFAULT_FRAME, width: 480, height: 250 };
  const filled = series.filter(({ values }) => values.length > 1);
  const densities = filled.map(({ values }) => gaussianDensity(values, from, to, POINTS));
  const base = frame.height - frame.bottom;
  const most = Math.max(1e-9, ...densities.flatMap(({ y }) => y));
  const x = scale(from, to, frame.left, frame.width - frame.right);
  const y = scale(0, most, base, frame.top + 6);
  const curves = densities.map((density, i) =>
    curve(
      density.x.map((at, p) => [x(at), y(density.y[p]!)] as const),
      filled[i]!.colour,
      base,
    ),
  );
  const medians = filled.map(({ values, colour }) => {
    const median = [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
    return html`<line x1="${x(median).toFixed(1)}" x2="${x(median).toFixed(1)}" y1="${frame.top}" y2="${base}" stroke="${colour}" stroke-dasharray="2 4"><title>median ${median.toFixed(3)}</title></line>`;
  });
  const axes = {
    xTicks: ticks(from, to).map((tick) => ({ at: x(tick), label: String(tick) })),
    xLabel,
    yTicks: ticks(0, most, 4).map((tick) => ({ at: y(tick), label: String(tick) })),
    yLabel: "density",
  };
  return html`${legend(filled)}${figure(frame, axes, [...medians, ...curves], alt)}`;
}

/** How many words texts have; what lies above the fence is one bar at the end. */
export function lengthFigure(
  lengths: readonly number[],
  fence: number,
  colour: string,
  what: string,
): Markup {
  const frame: Frame = { ...DEFAULT_FRAME, width: 480, height: 210 };
  const last = Math.max(1, Math.floor(fence));
  const step = Math.ceil(last / 24);
  const bins = Math.ceil(last / step);
  const counts = Array.from({ length: bins + 1 }, () => 0);
  for (const length of lengths)
    counts[length > last ? bins : Math.floor((Math.max(1, length) - 1) / step)]!++;
  const base = frame.height - frame.bottom;
  const most = Math.max(1, ...counts);
  const y = scale(0, most, base, frame.top);
  const width = (frame.width - frame.left - frame.right) / counts.length;
  const labelOf = (i: number): string => {
    if (i === bins) return `>${last}`;
    const [first, end] = [i * step + 1, Math.min(last, (i + 1) * step)];
    return first === end ? String(first) : `${first}–${end}`;
  };
  const bars = counts.map((count, i) =>
    bar(
      frame.left + width * i + 1,
      width - 2,
      y(count),
      base,
      i === bins ? "#c9b8a4" : colour,
      `${labelOf(i)} words: ${grouped(count)}`,
    ),
  );
  const every = Math.ceil(counts.length / 9);
  const axes = {
    xTicks: counts.flatMap((_, i) =>
      i === bins || (i % every === 0 && bins - i >= every)
        ? [{ at: frame.left + width * (i + 0.5), label: labelOf(i) }]
        : [],
    ),
    xLabel: `words of the ${what}`,
    yTicks: ticks(0, most, 4).map((tick) => ({ at: y(tick), label: grouped(tick) })),
    yLabel: "entries",
  };
  return figure(frame, axes, bars, `How many words the ${what} has`);
}

/** Every n-th value, in order of size: the same shape with fewer values. */
function thinned(values: readonly number[]): number[] {
  if (values.length <= MAX_VALUES) return [...values];
  const sorted = [...values].sort((a, b) => a - b);
  const last = sorted.length - 1;
  return Array.from({ length: MAX_VALUES }, (_, i) => sorted[Math.round((i * last) / (MAX_VALUES - 1))]!);
}
