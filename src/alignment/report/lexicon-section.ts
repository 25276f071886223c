import { grouped, html, type Markup, percent } from "../../report/html.ts";
import type { LexiconEntry } from "../../terminology/lexicon/lexicon.ts";
import { type LexiconStatistics, type TextColumnStatistics, wordCount } from "../lexicon-statistics.ts";
import { lengthFigure } from "./distribution-figures.ts";

const TERM_COLOUR = "#6d87a1";
const EXPLANATION_COLOUR = "#8fa68e";

/** What the lexicon looks like before it is aligned (paper §4.1): missing values, duplicates, lengths, languages. */
export function lexiconSection(
  statistics: LexiconStatistics,
  entries: readonly LexiconEntry[],
  rejected: number,
): Markup {
  const { term, explanation } = statistics;
  const words = (texts: readonly (string | undefined)[]): number[] =>
    texts.flatMap((text) => (text === undefined ? [] : [wordCount(text)]));
  const explained = explanation.upperFence !== undefined;
  return html`<section><h2>The lexicon</h2>
<p class="lead">${sentence(statistics, rejected)}</p>
<div class="pair"><div>${lengthFigure(
    words(entries.map((entry) => entry.term)),
    term.upperFence ?? 1,
    TERM_COLOUR,
    "term",
  )}</div><div>${
    explained
      ? lengthFigure(
          words(entries.map((entry) => entry.explanation)),
          explanation.upperFence!,
          EXPLANATION_COLOUR,
          "explanation",
        )
      : html`<p class="muted">No entry has an explanation.</p>`
  }</div></div>
${lengthTable(statistics)}
<div class="pair"><div>${checks(statistics, rejected)}</div><div>${columns(statistics)}</div></div></section>`;
}

function sentence(
  { entries, term, explanation, languages, duplicates }: LexiconStatistics,
  rejected: number,
): string {
  const named = Object.entries(languages)
    .filter(([lang]) => lang !== "")
    .map(([lang, count]) => `${lang} ${percent(count, entries)}`);
  const parts = [
    `${grouped(entries)} entries, ${grouped(term.distinct)} different terms`,
    `${percent(entries - explanation.missing, entries)} with an explanation`,
    named.length > 0 ? `languages: ${named.join(", ")}` : "no language named",
    `${grouped(duplicates.terms)} repeated terms`,
  ];
  if (rejected > 0) parts.push(`${grouped(rejected)} rows could not be read (rejects.tsv)`);
  return `${parts.join("; ")}.`;
}

function lengthTable({ term, explanation }: LexiconStatistics): Markup {
  const row = (name: string, column: TextColumnStatistics): Markup => {
    const words = column.words;
    if (!words) return html``;
    const { min, q1, median, q3, max, mean } = words;
    const examples = column.outliers.map(({ line, words: length }) => `line ${line} (${length})`).join(", ");
    return html`<tr><th scope="row">${name}</th><td>${min}</td><td>${q1}</td><td>${median}</td><td>${q3}</td><td>${max}</td><td>${mean}</td><td>${grouped(
      column.outlierCount,
    )}</td><td class="text">${examples}</td></tr>`;
  };
  return html`<table class="numbers"><thead><tr><th scope="col">Words</th>${[
    "min",
    "Q1",
    "median",
    "Q3",
    "max",
    "mean",
    "outliers",
  ].map(
    (name) => html`<th scope="col">${name}</th>`,
  )}<th scope="col" class="text">the longest</th></tr></thead><tbody>${row("term", term)}${row("explanation", explanation)}</tbody></table>
<p class="note">An outlier has more words than Q3 and one and a half times the distance of the quartiles (Tukey's fence); the last bar of each figure counts them.</p>`;
}

function checks(
  { duplicates, explainedByThemselves, suspectCharacters, entries }: LexiconStatistics,
  rejected: number,
): Markup {
  const most = duplicates.most.map(({ lines }) => lines.join(", ")).join("; ");
  const rows: [string, number, string][] = [
    ["rows that could not be read", rejected, ""],
    ["terms that repeat an earlier one", duplicates.terms, most && `lines ${most}`],
    ["entries that repeat an earlier one wholly", duplicates.entries, ""],
    ["explanations that only repeat the term", explainedByThemselves, ""],
    ["entries with signs of a wrong encoding", suspectCharacters, ""],
  ];
  return html`<h3>Checks</h3><table class="checks"><tbody>${rows.map(
    ([name, count, where]) =>
      html`<tr><td>${name}${where ? html`<br><span class="muted">${where}</span>` : ""}</td><td class="number">${grouped(
        count,
      )}</td><td class="number muted">${percent(count, entries)}</td></tr>`,
  )}</tbody></table>`;
}

function columns({
  entries,
  term,
  explanation,
  synonyms,
  languages,
  otherColumns,
}: LexiconStatistics): Markup {
  const row = (name: string, missing: number, distinct: number | undefined): Markup =>
    html`<tr><td>${name}</td><td class="number">${grouped(missing)}</td><td class="number muted">${percent(
      missing,
      entries,
    )}</td><td class="number">${distinct === undefined ? "" : grouped(distinct)}</td></tr>`;
  return html`<h3>Missing values</h3><table class="checks"><thead><tr><th>column</th><th class="number" colspan="2">missing</th><th class="number">different</th></tr></thead><tbody>${row(
    "term",
    term.missing,
    term.distinct,
  )}${row("explanation", explanation.missing, explanation.distinct)}${row(
    "synonyms",
    entries - synonyms.entriesWith,
    undefined,
  )}${row("lang", languages[""] ?? 0, Object.keys(languages).filter(Boolean).length)}${Object.entries(
    otherColumns,
  ).map(([name, { missing, distinct }]) => row(name, missing, distinct))}</tbody></table>`;
}
