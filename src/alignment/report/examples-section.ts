import { html, type Markup } from "../../report/html.ts";
import { differsText } from "../../retrieval/rank/concept-differences.ts";
import type { LexiconAlignment } from "../align-lexicon.ts";
import { type AlignedEntry, type ChosenConcept, mayBeTaken } from "../aligned-entry.ts";
import { ratingBy } from "../alignment-summary.ts";
import { encoderColour } from "./palette.ts";

const EXAMPLES = 6;
const NOT_TAKEN = 50;
// A difference of so many points is more than a neighbouring mark.
const CLEAR = 2;

/** Entries on which the encoders part: where one is surer than the others by two points, and where both are sure. */
export function examplesSection(alignment: LexiconAlignment): Markup {
  const { encoders, entries } = alignment;
  if (encoders.length < 2) return html``;
  const won = encoders.map(({ id }, encoder) => {
    const mine = entries
      .filter((entry) => differ(entry) && marginOf(entry, encoder) >= CLEAR)
      .sort((a, b) => marginOf(b, encoder) - marginOf(a, encoder));
    return block(`Where ${id} is surer by two points or more`, mine, alignment);
  });
  const apart = entries.filter(
    (entry) => differ(entry) && entry.best.every((_, e) => ratingBy(entry, e) === 5),
  );
  const neither = entries.filter((entry) => entry.best.every((_, e) => (ratingBy(entry, e) ?? 0) <= 1));
  return html`<section><h2>Where the encoders part</h2>
<p class="lead">Examples, the clearest first. The pair that the merge took is marked. These are the rows to look at first in a review.</p>
${won}${block("Where all are sure, of different concepts", apart, alignment)}${block("Where none is sure", neither, alignment)}</section>`;
}

/** Entries whose nearest concept is not taken because its names say something else, or because the term means several things. */
export function notTakenSection({ entries }: Pick<LexiconAlignment, "entries">): Markup {
  const found = oneOfEachTerm(
    entries.filter(({ merged }) => merged && !merged.accepted && !mayBeTaken(merged.concept)),
  );
  if (found.length === 0) return html``;
  const rows = found.slice(0, NOT_TAKEN).map(({ entry, merged }) => {
    const { name, differs, rivals } = merged!.concept;
    const why = differs
      ? `differs: ${differsText(differs)}`
      : `ambiguous: ${1 + (rivals?.length ?? 0)} concepts bear this name`;
    return html`<tr><td><b>${shortened(entry.term, 90)}</b></td><td>${name}</td><td>${why}</td></tr>`;
  });
  const more = found.length > NOT_TAKEN ? `, ${NOT_TAKEN} of them here` : "";
  return html`<section><h2>Near, but not taken</h2>
<p class="lead">${found.length} ${found.length === 1 ? "term" : "terms"}${more}: a sign, a number, a negation, a side or an opposite differs, or the term has several senses.</p>
<table class="examples"><thead><tr><th scope="col">Lexicon</th><th scope="col">Nearest</th><th scope="col">Why not</th></tr></thead><tbody>${rows}</tbody></table></section>`;
}

/** A lexicon may explain a term many times; one example of it is enough. */
function oneOfEachTerm(entries: readonly AlignedEntry[]): AlignedEntry[] {
  const byTerm = new Map<string, AlignedEntry>();
  for (const aligned of entries) if (!byTerm.has(aligned.entry.term)) byTerm.set(aligned.entry.term, aligned);
  return [...byTerm.values()];
}

function differ({ best }: AlignedEntry): boolean {
  return new Set(best).size > 1;
}

/** How many points the encoder's rating lies above the best of the others. */
function marginOf(entry: AlignedEntry, encoder: number): number {
  const others = entry.best.map((_, other) => (other === encoder ? 0 : (ratingBy(entry, other) ?? 0)));
  return (ratingBy(entry, encoder) ?? 0) - Math.max(...others);
}

function block(title: string, found: readonly AlignedEntry[], { encoders }: LexiconAlignment): Markup {
  if (found.length === 0) return html``;
  const shown = oneOfEachTerm(found).slice(0, EXAMPLES);
  const more = found.length > shown.length ? `, ${shown.length} of them here` : "";
  const rows = shown.map(
    ({ entry, best, merged }) =>
      html`<tr><td><b>${shortened(entry.term, 90)}</b>${
        entry.explanation === undefined
          ? ""
          : html`<br><span class="muted">${shortened(entry.explanation, 160)}</span>`
      }</td>${encoders.map((_, encoder) => html`<td>${proposal(best[encoder], encoder, merged?.concept)}</td>`)}</tr>`,
  );
  return html`<h3>${title} <span class="muted">${found.length} ${found.length === 1 ? "entry" : "entries"}${more}</span></h3>
<table class="examples"><thead><tr><th scope="col">Lexicon</th>${encoders.map(
    ({ id }, encoder) =>
      html`<th scope="col"><i class="dot" style="background:${encoderColour(encoder)}"></i>${id}</th>`,
  )}</tr></thead><tbody>${rows}</tbody></table>`;
}

function proposal(
  concept: ChosenConcept | undefined,
  encoder: number,
  taken: ChosenConcept | undefined,
): Markup {
  if (!concept) return html`<span class="muted">nothing found</span>`;
  const { rating, cosine, string } = concept.sightings[encoder]!;
  const via = string === concept.name ? "" : html`<br><span class="muted">${shortened(string, 90)}</span>`;
  return html`<span class="rating" title="rated ${rating} of 5, cosine ${cosine.toFixed(3)}">${"●".repeat(rating)}${"○".repeat(
    5 - rating,
  )}</span> ${concept.name}${concept === taken ? html` <span class="taken">taken</span>` : ""}${via}`;
}

function shortened(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join("")}…`;
}
