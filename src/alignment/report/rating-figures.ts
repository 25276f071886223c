import { bar, DEFAULT_FRAME, figure, legend, px, scale, ticks } from "../../report/chart.ts";
import { grouped, html, type Markup, percent } from "../../report/html.ts";
import type { AlignmentSummary, RatingRow } from "../alignment-summary.ts";
import { encoderColour, HUMAN_COLOUR, MERGED_COLOUR, NEUTRAL_COLOUR } from "./palette.ts";

const RATINGS = ["0", "1", "2", "3", "4", "5"] as const;

interface Series {
  name: string;
  colour: string;
  row: RatingRow;
}

/** A row per encoder and one for the merge, with their colours. */
function ratingSeries(summary: AlignmentSummary): Series[] {
  return [
    ...summary.encoders.map(({ id }, encoder) => ({
      name: id,
      colour: encoderColour(encoder),
      row: summary.ratings[id]!,
    })),
    { name: "complementarity", colour: MERGED_COLOUR, row: summary.ratings["complementarity"]! },
  ];
}

/** Bars of the rating distribution (paper Table 4). */
export function ratingFigure(summary: AlignmentSummary): Markup {
  const series = ratingSeries(summary);
  const frame = DEFAULT_FRAME;
  const base = frame.height - frame.bottom;
  const most = Math.max(1, ...series.flatMap(({ row }) => RATINGS.map((rating) => row[rating])));
  const y = scale(0, most, base, frame.top + 12);
  const group = (frame.width - frame.left - frame.right) / RATINGS.length;
  const width = Math.min(34, (group - 18) / series.length);
  const bars = RATINGS.flatMap((rating, i) => {
    const start = frame.left + group * i + (group - width * series.length) / 2;
    return series.map(({ name, colour, row }, s) => {
      const count = row[rating];
      const x = start + width * s;
      const title = `${name}: ${grouped(count)} rated ${rating} (${percent(count, summary.entries)})`;
      return html`${bar(x + 1, width - 2, y(count), base, colour, title)}<text class="value" x="${px(
        x + width / 2,
      )}" y="${px(y(count) - 4)}" text-anchor="middle">${count > 0 ? grouped(count) : ""}</text>`;
    });
  });
  const axes = {
    xTicks: RATINGS.map((rating, i) => ({ at: frame.left + group * (i + 0.5), label: rating })),
    xLabel: "rating",
    yTicks: ticks(0, most).map((tick) => ({ at: y(tick), label: grouped(tick) })),
    yLabel: "entries",
  };
  const alt = "How many entries have each rating from 0 to 5, for each encoder and for the complementarity";
  return html`${legend(series)}${figure(frame, axes, bars, alt)}`;
}

/** The same as a table. */
export function ratingTable(summary: AlignmentSummary): Markup {
  const rows = ratingSeries(summary).map(
    ({ name, colour, row }) =>
      html`<tr><th scope="row"><i class="dot" style="background:${colour}"></i>${
        name === "complementarity" ? "+ complementarity" : name
      }</th>${RATINGS.map((rating) => html`<td>${grouped(row[rating])}</td>`)}<td>${percent(
        row["4"] + row["5"],
        summary.entries,
      )}</td></tr>`,
  );
  return html`<table class="numbers"><thead><tr><th scope="col">Model</th>${RATINGS.map(
    (rating) => html`<th scope="col">@${rating}</th>`,
  )}<th scope="col">4 or 5</th></tr></thead><tbody>${rows}</tbody></table>`;
}

/** One bar that shows where the pairs of the merge come from. */
export function sourceFigure(summary: AlignmentSummary): Markup {
  const parts = [
    { name: "the very same name", count: summary.sources["exact"]!, colour: MERGED_COLOUR },
    ...summary.encoders.map(({ id }, encoder) => ({
      name: id,
      count: summary.sources[id]!,
      colour: encoderColour(encoder),
    })),
    { name: "reviewers", count: summary.sources["human"] ?? 0, colour: HUMAN_COLOUR },
    { name: "nothing found", count: summary.sources["none"]!, colour: NEUTRAL_COLOUR },
  ].filter(({ count }) => count > 0);
  const [width, height] = [720, 34];
  let x = 0;
  const pieces = parts.map(({ name, count, colour }) => {
    const length = (width * count) / Math.max(1, summary.entries);
    const piece = html`<rect x="${px(x)}" y="0" width="${px(Math.max(0, length - 2))}" height="${height}" rx="3" fill="${colour}"><title>${name}: ${grouped(count)}</title></rect>${
      length > 64
        ? html`<text class="inside" x="${px(x + length / 2)}" y="21" text-anchor="middle">${grouped(count)}</text>`
        : ""
    }`;
    x += length;
    return piece;
  });
  const names = parts.map(({ name, count, colour }) => ({
    name: `${name} ${percent(count, summary.entries)}`,
    colour,
  }));
  return html`${legend(names)}<svg class="figure" viewBox="0 0 ${width} ${height}" role="img" aria-label="Where the merged pairs come from">${pieces}</svg>`;
}

/** Ratings of two encoders against each other; undefined with more or fewer encoders. */
export function agreementFigure({ agreement, encoders }: AlignmentSummary): Markup | undefined {
  const pairs = agreement.ratingPairs;
  if (!pairs) return undefined;
  const [cell, left, top] = [46, 96, 12];
  const most = Math.max(1, ...pairs.flat());
  const cells = pairs.flatMap((row, a) =>
    row.map((count, b) => {
      const x = left + b * cell;
      const y = top + (5 - a) * cell;
      // The root lets small counts be seen beside large ones.
      const strength = Math.sqrt(count / most);
      const title = `${encoders[0]!.id} ${a}, ${encoders[1]!.id} ${b}: ${grouped(count)} entries`;
      return html`<rect x="${x + 1}" y="${y + 1}" width="${cell - 2}" height="${cell - 2}" rx="4" fill="${MERGED_COLOUR}" fill-opacity="${
        px(0.04 * 10 + strength * 9) / 10
      }"><title>${title}</title></rect><text x="${x + cell / 2}" y="${y + cell / 2 + 4}" text-anchor="middle" class="${
        strength > 0.62 ? "inside" : "value"
      }">${count > 0 ? grouped(count) : ""}</text>`;
    }),
  );
  const base = top + 6 * cell;
  const marks = RATINGS.map(
    (
      rating,
      i,
    ) => html`<text class="tick" x="${left + (i + 0.5) * cell}" y="${base + 18}" text-anchor="middle">${rating}</text>
<text class="tick" x="${left - 10}" y="${top + (5 - i + 0.5) * cell + 4}" text-anchor="end">${rating}</text>`,
  );
  const middle = top + 3 * cell;
  return html`<svg class="figure square" viewBox="0 0 ${left + 6 * cell + 12} ${base + 44}" role="img" aria-label="Ratings of the two encoders against each other">
${cells}${marks}
<text class="label" x="${left + 3 * cell}" y="${base + 38}" text-anchor="middle">rated by ${encoders[1]!.id}</text>
<text class="label" x="${left - 40}" y="${middle}" text-anchor="middle" transform="rotate(-90 ${left - 40} ${middle})">rated by ${encoders[0]!.id}</text>
</svg>`;
}
