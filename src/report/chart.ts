import { html, Markup } from "./html.ts";

/** The drawing area of a figure in a coordinate system of its own. */
export interface Frame {
  width: number;
  height: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

export const DEFAULT_FRAME: Frame = { width: 720, height: 280, left: 52, right: 16, top: 22, bottom: 44 };

/** A linear scale from values to places. */
export function scale(from: number, to: number, start: number, end: number): (value: number) => number {
  const span = to - from || 1;
  return (value) => start + ((value - from) / span) * (end - start);
}

/** Round values that divide 0 to `max`, or `from` to `max`, into some four to six steps. */
export function ticks(from: number, to: number, steps = 5): number[] {
  const raw = (to - from) / steps || 1;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= raw)!;
  const first = Math.ceil(from / step - 1e-9);
  const result: number[] = [];
  for (let i = first; i * step <= to + step * 1e-9; i++) result.push(Number((i * step).toPrecision(12)));
  return result;
}

export interface Axes {
  xTicks: readonly { at: number; label: string }[];
  xLabel: string;
  yTicks: readonly { at: number; label: string }[];
  yLabel: string;
}

/** A figure: grid, axes, content, and what it shows in words for those who don't see it. */
export function figure(frame: Frame, axes: Axes, content: readonly Markup[], alt: string): Markup {
  const { width, height, left, right, top, bottom } = frame;
  const base = height - bottom;
  const grid = axes.yTicks.map(
    ({
      at,
      label,
    }) => html`<line class="grid" x1="${left}" x2="${width - right}" y1="${px(at)}" y2="${px(at)}"/>
<text class="tick" x="${left - 8}" y="${px(at + 4)}" text-anchor="end">${label}</text>`,
  );
  const below = axes.xTicks.map(
    ({ at, label }) =>
      html`<text class="tick" x="${px(at)}" y="${base + 18}" text-anchor="middle">${label}</text>`,
  );
  return html`<svg class="figure" viewBox="0 0 ${width} ${height}" role="img" aria-label="${alt}">
${grid}${content}
<line class="axis" x1="${left}" x2="${width - right}" y1="${base}" y2="${base}"/>
${below}
<text class="label" x="${(left + width - right) / 2}" y="${height - 6}" text-anchor="middle">${axes.xLabel}</text>
<text class="label" x="${left - 44}" y="${top - 8}">${axes.yLabel}</text>
</svg>`;
}

/** A bar from the base line upwards, with rounded upper corners. */
export function bar(
  x: number,
  width: number,
  y: number,
  base: number,
  colour: string,
  title: string,
): Markup {
  const radius = Math.min(3, width / 2, Math.max(0, base - y));
  const path = `M${px(x)} ${px(base)}V${px(y + radius)}q0 ${px(-radius)} ${px(radius)} ${px(-radius)}h${px(
    width - 2 * radius,
  )}q${px(radius)} 0 ${px(radius)} ${px(radius)}V${px(base)}z`;
  return html`<path d="${path}" fill="${colour}"><title>${title}</title></path>`;
}

/** A line through points, and the area under it where `base` is given. */
export function curve(points: readonly (readonly [number, number])[], colour: string, base?: number): Markup {
  const line = points.map(([x, y], i) => `${i === 0 ? "M" : "L"}${px(x)} ${px(y)}`).join("");
  const area =
    base === undefined
      ? new Markup("")
      : html`<path d="${`${line}L${px(points.at(-1)![0])} ${px(base)}L${px(points[0]![0])} ${px(base)}z`}" fill="${colour}" fill-opacity="0.14"/>`;
  return html`${area}<path d="${line}" fill="none" stroke="${colour}" stroke-width="2" stroke-linejoin="round"/>`;
}

/** Names and colours of the series, above a figure. */
export function legend(series: readonly { name: string; colour: string }[]): Markup {
  return html`<p class="legend">${series.map(
    ({ name, colour }) => html`<span><i style="background:${colour}"></i>${name}</span>`,
  )}</p>`;
}

/** A place in the figure; a tenth is fine enough, and keeps the file small. */
export function px(value: number): number {
  return Math.round(value * 10) / 10;
}
