import { type Axes, DEFAULT_FRAME, figure, legend, px, scale, ticks } from "../../report/chart.ts";
import { html, type Markup } from "../../report/html.ts";
import type { Evidence, ReportedCandidate } from "./evidence.ts";

const CHOSEN = "#2f7d66";
const FRONT = "#3f74a8";
const OTHER = "#aab2b8";

/** Speed against what is kept of the float32 vectors; the area of a point is the size of the model. */
export function paretoFigure({ baseline, candidates }: Evidence, quality: string): Markup {
  const frame = { ...DEFAULT_FRAME, height: 320, left: 64 };
  const points = [
    { label: "float32", speed: 1, quality: baseline.metrics[quality]!, share: 1, candidate: undefined },
    ...candidates.map((candidate) => ({
      label: String(candidate.number),
      speed: candidate.evaluation.metrics["throughput"]! / baseline.metrics["throughput"]!,
      quality: candidate.evaluation.metrics[quality]!,
      share: candidate.evaluation.metrics["size"]! / baseline.metrics["size"]!,
      candidate,
    })),
  ];
  const values = points.map((p) => p.quality);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = Math.max((high - low) * 0.12, 1e-5);
  const most = Math.max(...points.map((p) => p.speed)) * 1.08;
  const x = scale(0, most, frame.left, frame.width - frame.right);
  const y = scale(low - margin, high + margin, frame.height - frame.bottom, frame.top + 6);
  const marks = points.map(({ label, speed, quality: value, share, candidate }) => {
    const radius = 4 + 8 * Math.sqrt(Math.min(1, share));
    const colour = candidate ? colourOf(candidate) : "#22303c";
    const meets = !candidate || candidate.goals.every((goal) => goal.shortfall === 0);
    const fill = meets ? 0.55 : 0;
    const title = `${label}: ${speed.toFixed(2)}× the strings a second, ${quality} ${value.toFixed(5)}, ${(100 * share).toFixed(0)} % of the size`;
    return html`<circle cx="${px(x(speed))}" cy="${px(y(value))}" r="${px(radius)}" fill="${colour}" fill-opacity="${fill}" stroke="${colour}" stroke-width="1.6"><title>${title}</title></circle>
<text class="value" x="${px(x(speed) + radius + 4)}" y="${px(y(value) + 4)}">${label}</text>`;
  });
  const front = points
    .filter(({ candidate }) => candidate?.isOnFront)
    .toSorted((a, b) => a.speed - b.speed || b.quality - a.quality);
  const line = front.map((p, i) => `${i === 0 ? "M" : "L"}${px(x(p.speed))} ${px(y(p.quality))}`).join("");
  const path = html`<path d="${line}" fill="none" stroke="${FRONT}" stroke-width="1.4" stroke-dasharray="4 4"/>`;
  const axes: Axes = {
    xTicks: ticks(0, most).map((at) => ({ at: x(at), label: `${at}×` })),
    xLabel: "strings a second in full batches, beside float32",
    yTicks: ticks(low - margin, high + margin, 4).map((at) => ({ at: y(at), label: shortest(at) })),
    yLabel: quality,
  };
  const alt = `Speed and ${quality} of ${candidates.length} candidates and of float32`;
  return html`${legend([
    { name: "chosen", colour: CHOSEN },
    { name: "on the Pareto front", colour: FRONT },
    { name: "other candidates", colour: OTHER },
    { name: "float32", colour: "#22303c" },
  ])}${figure(frame, axes, [...(front.length > 1 ? [path] : []), ...marks], alt)}`;
}

function colourOf({ isChosen, isOnFront }: ReportedCandidate): string {
  if (isChosen) return CHOSEN;
  return isOnFront ? FRONT : OTHER;
}

function shortest(value: number): string {
  return Number(value.toPrecision(6)).toString();
}
