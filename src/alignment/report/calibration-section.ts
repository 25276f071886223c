import { z } from "zod";
import { curve, DEFAULT_FRAME, type Frame, figure, legend, px, scale, ticks } from "../../report/chart.ts";
import { grouped, html, type Markup, percent } from "../../report/html.ts";
import type { AlignedEncoder } from "../align-lexicon.ts";

const point = z.tuple([z.number(), z.number()]);
/** What `calibrate` leaves in an encoder, as far as the report shows it. */
const calibrationSchema = z.object({
  method: z.string(),
  points: z.array(point),
  spread: z.array(z.object({ grade: z.number(), pairs: z.number(), cosines: z.array(z.number()).length(5) })),
  compared: z.array(
    z.object({
      method: z.string(),
      rmse: z.number(),
      edrm: z.number(),
      spearman: z.number(),
      sameRating: z.number(),
      points: z.array(point),
    }),
  ),
});
type Calibration = z.infer<typeof calibrationSchema>;

/** Colours of the methods; they differ from those of the encoders. */
const COLOURS: Readonly<Record<string, string>> = {
  "min-max": "#aab2b8",
  linear: "#3f74a8",
  svr: "#c9803f",
  forest: "#5a9367",
  cubic: "#8a6fae",
  isotonic: "#b5504f",
};
const NAMES: Readonly<Record<string, string>> = {
  "min-max": "min-max scaling",
  linear: "linear regression",
  svr: "SVR, RBF kernel",
  forest: "random forest",
  cubic: "cubic trendline",
  isotonic: "isotonic",
};

/** How cosines became grades: the regressions compared (paper Fig. 3), fitted on graded pairs, and what they are worth. */
export function calibrationSection(encoders: readonly AlignedEncoder[]): Markup {
  return html`<section><h2>From cosine to rating</h2>
<p class="lead">Each encoder's cosines are graded by a curve that was fitted on pairs whose grade is known: the same concept 5, parent and child 3, siblings 2, the same semantic type 1, unrelated 0, or people's own marks. The curves were compared by cross-validation, and the best one is used. Grey bars: where the middle half and nine tenths of the pairs of each grade lie.</p>
${encoders.map((encoder) => encoderPart(encoder))}</section>`;
}

function encoderPart({ id, calibrator }: AlignedEncoder): Markup {
  const parsed = calibrationSchema.safeParse(calibrator);
  if (!parsed.success) {
    const how = (calibrator as { method?: unknown } | undefined)?.method;
    const why =
      typeof how === "string"
        ? `is calibrated (${how}), without a comparison of methods`
        : "is not calibrated: its ratings spread the cosines from 0.3 to 1 evenly over the scale, and say little";
    return html`<h3>${id}</h3><p class="muted">${id} ${why}. <code>termduet calibrate ${id}</code> fits and compares them on the release.</p>`;
  }
  const calibration = parsed.data;
  const best = calibration.compared.find(({ method }) => calibration.method.startsWith(method));
  return html`<h3>${id} <span class="muted">${calibration.method}</span></h3>
<div class="pair"><div>${regressionFigure(id, calibration)}</div><div>${methodTable(calibration, best?.method)}</div></div>`;
}

function regressionFigure(id: string, { compared, spread }: Calibration): Markup {
  const frame: Frame = { ...DEFAULT_FRAME, width: 480, height: 270 };
  const lowest = Math.min(
    ...spread.map(({ cosines }) => cosines[0]!),
    ...compared.map(({ points }) => points[0]![0]),
  );
  const from = Math.floor(lowest * 20) / 20;
  const base = frame.height - frame.bottom;
  const x = scale(from, 1, frame.left, frame.width - frame.right);
  const y = scale(0, 5, base, frame.top + 6);
  const bars = spread.flatMap(({ grade, pairs, cosines: [q5, q25, q50, q75, q95] }) => {
    const at = y(grade);
    const title = `grade ${grade}: ${grouped(pairs)} pairs, half of them from ${q25} to ${q75}, median ${q50}`;
    return [
      html`<line x1="${px(x(q5!))}" x2="${px(x(q95!))}" y1="${px(at)}" y2="${px(at)}" stroke="#cfd4d7" stroke-width="2"/>`,
      html`<rect x="${px(x(q25!))}" y="${px(at - 4)}" width="${px(Math.max(1, x(q75!) - x(q25!)))}" height="8" rx="3" fill="#c4cacd"><title>${title}</title></rect>`,
    ];
  });
  const lines = compared.map(({ method, points }) => {
    const inside = points.filter(([cosine]) => cosine >= from);
    return curve(
      inside.map(([cosine, grade]) => [x(cosine), y(grade)] as const),
      COLOURS[method] ?? "#66727d",
    );
  });
  const axes = {
    xTicks: ticks(from, 1).map((tick) => ({ at: x(tick), label: String(tick) })),
    xLabel: "cosine",
    yTicks: [0, 1, 2, 3, 4, 5].map((tick) => ({ at: y(tick), label: String(tick) })),
    yLabel: "grade",
  };
  const series = compared.map(({ method }) => ({
    name: NAMES[method] ?? method,
    colour: COLOURS[method] ?? "#66727d",
  }));
  return html`${legend(series)}${figure(frame, axes, [...bars, ...lines], `Regressions from the cosine of ${id} to a grade`)}`;
}

function methodTable({ compared }: Calibration, chosen: string | undefined): Markup {
  const rows = compared.map(
    ({ method, rmse, edrm, spearman, sameRating }) =>
      html`<tr><th scope="row">${NAMES[method] ?? method}${method === chosen ? html` <span class="taken">used</span>` : ""}</th><td>${rmse.toFixed(3)}</td><td>${edrm.toFixed(3)}</td><td>${spearman.toFixed(3)}</td><td>${percent(sameRating, 1)}</td></tr>`,
  );
  return html`<table class="numbers"><thead><tr><th scope="col">Method</th><th scope="col">error (RMSE)</th><th scope="col">EDRM</th><th scope="col">Spearman</th><th scope="col">same rating</th></tr></thead><tbody>${rows}</tbody></table>
<p class="note">Cross-validated in five folds.</p>`;
}
