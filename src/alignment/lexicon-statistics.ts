import type { LexiconEntry } from "../terminology/lexicon/lexicon.ts";
import { normalizeText } from "../text/normalize.ts";

/** Five numbers and the mean of a list of lengths. Quartiles are linear between the values, as numpy's default. */
export interface Distribution {
  count: number;
  min: number;
  q1: number;
  median: number;
  q3: number;
  max: number;
  mean: number;
}

interface Outlier {
  id: string;
  line: number;
  words: number;
}

export interface TextColumnStatistics {
  /** Entries without it. */
  missing: number;
  /** Different texts but for their writing. */
  distinct: number;
  characters?: Distribution;
  words?: Distribution;
  /** Above this many words a text is an outlier (Tukey's fence: Q3 + 1.5 IQR). */
  upperFence?: number;
  outlierCount: number;
  /** The longest. */
  outliers: Outlier[];
}

/** What one checks before trusting a lexicon (paper §4.1): missing values, duplicates, distributions, outliers. */
export interface LexiconStatistics {
  entries: number;
  term: TextColumnStatistics;
  explanation: TextColumnStatistics;
  synonyms: { entriesWith: number; total: number };
  /** Entries per language; `""` for those that name none. */
  languages: Record<string, number>;
  duplicates: {
    /** Entries whose term an earlier entry has too, but for its writing. */
    terms: number;
    /** Entries whose term and explanation an earlier entry has too. */
    entries: number;
    /** The terms that come most often, with the lines. */
    most: { lines: number[] }[];
  };
  /** Entries whose explanation says no more than the term. */
  explainedByThemselves: number;
  /** Entries with characters that look like a wrong encoding: `Ã©`, `â€™`, U+FFFD. */
  suspectCharacters: number;
  /** The lexicon's other columns: entries without a value, and different values. */
  otherColumns: Record<string, { missing: number; distinct: number }>;
}

const EXAMPLES = 5;

export function lexiconStatistics(entries: readonly LexiconEntry[]): LexiconStatistics {
  const byTerm = new Map<string, number[]>();
  const byBoth = new Set<string>();
  let same = 0;
  for (const { term, explanation, line } of entries) {
    const key = normalizeText(term);
    const lines = byTerm.get(key);
    if (lines) lines.push(line);
    else byTerm.set(key, [line]);
    const both = `${key}\n${normalizeText(explanation ?? "")}`;
    if (byBoth.has(both)) same++;
    byBoth.add(both);
  }
  const repeated = [...byTerm.values()].filter((lines) => lines.length > 1);
  return {
    entries: entries.length,
    term: columnStatistics(entries, ({ term }) => term),
    explanation: columnStatistics(entries, ({ explanation }) => explanation),
    synonyms: {
      entriesWith: entries.filter(({ synonyms }) => synonyms.length > 0).length,
      total: entries.reduce((sum, { synonyms }) => sum + synonyms.length, 0),
    },
    languages: counted(entries.map(({ lang }) => lang ?? "")),
    duplicates: {
      terms: entries.length - byTerm.size,
      entries: same,
      most: repeated
        .sort((a, b) => b.length - a.length || a[0]! - b[0]!)
        .slice(0, EXAMPLES)
        .map((lines) => ({ lines: lines.slice(0, EXAMPLES) })),
    },
    explainedByThemselves: entries.filter(
      ({ term, explanation }) =>
        explanation !== undefined && normalizeText(term) === normalizeText(explanation),
    ).length,
    suspectCharacters: entries.filter(({ term, explanation }) =>
      /[ÃÂ][\u0080-\u00BF]|â€|\uFFFD/.test(`${term} ${explanation ?? ""}`),
    ).length,
    otherColumns: Object.fromEntries(
      Object.keys(entries[0]?.extra ?? {}).map((name) => {
        const values = entries.map(({ extra }) => (extra[name] ?? "").trim()).filter(Boolean);
        return [name, { missing: entries.length - values.length, distinct: new Set(values).size }];
      }),
    ),
  };
}

/** Words of a text: runs without spaces. */
export function wordCount(text: string): number {
  return text.split(/\s+/u).filter(Boolean).length;
}

function columnStatistics(
  entries: readonly LexiconEntry[],
  textOf: (entry: LexiconEntry) => string | undefined,
): TextColumnStatistics {
  const filled = entries.flatMap((entry) => {
    const text = textOf(entry);
    return text === undefined ? [] : [{ id: entry.id, line: entry.line, text, words: wordCount(text) }];
  });
  const missing = entries.length - filled.length;
  if (filled.length === 0) return { missing, distinct: 0, outlierCount: 0, outliers: [] };
  const words = distributionOf(filled.map((value) => value.words));
  const upperFence = words.q3 + 1.5 * (words.q3 - words.q1);
  const outliers = filled.filter((value) => value.words > upperFence);
  return {
    missing,
    distinct: new Set(filled.map(({ text }) => normalizeText(text))).size,
    characters: distributionOf(filled.map(({ text }) => [...text].length)),
    words,
    upperFence,
    outlierCount: outliers.length,
    outliers: outliers
      .sort((a, b) => b.words - a.words || a.line - b.line)
      .slice(0, EXAMPLES)
      .map(({ id, line, words: length }) => ({ id, line, words: length })),
  };
}

/** Of at least one value. */
export function distributionOf(values: readonly number[]): Distribution {
  const sorted = [...values].sort((a, b) => a - b);
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  return {
    count: sorted.length,
    min: sorted[0]!,
    q1: quantile(sorted, 0.25),
    median: quantile(sorted, 0.5),
    q3: quantile(sorted, 0.75),
    max: sorted.at(-1)!,
    mean: Math.round(mean * 100) / 100,
  };
}

function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share;
  const low = sorted[Math.floor(at)]!;
  return low + (sorted[Math.ceil(at)]! - low) * (at - Math.floor(at));
}

function counted(values: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)));
}
