import { HttpProblem } from "../problems/http-problem.ts";
import type { AlignmentMap } from "./concept-maps.ts";
import { type FhirParameter, type FhirRelease, type FhirResource, parameters } from "./fhir-answer.ts";
import type { FhirConcepts } from "./fhir-concepts.ts";
import type { FhirCoding, FhirInput } from "./fhir-input.ts";
import type { FhirSystem } from "./fhir-systems.ts";

interface Match {
  system: string;
  code: string;
  display: string;
  /** 1 to 5, as the paper's scale. */
  rating: number;
  map: string;
}

/** ConceptMap of the codes that sources give to the same concept. */
export function crosswalkUrl(dataset: string): string {
  return `urn:termduet:${dataset}:crosswalk`;
}

/**
 * `ConceptMap/$translate`: over an alignment (a lexicon's entry to its concept, or back), or from a source's code to those
 * of other sources for the same concept. R5 asks by `sourceCode` or `targetCode`, R4 by `code` and `reverse`.
 */
export async function translate(
  concepts: FhirConcepts,
  maps: readonly AlignmentMap[],
  input: FhirInput,
  release: FhirRelease,
  instance?: string,
): Promise<FhirResource> {
  const { coding, reverse } = release === "r4" ? askedR4(input) : askedR5(input);
  const url = instance ?? input.text("url");
  const target = input.text("targetsystem") ?? input.text("targetSystem");
  const { dataset } = await concepts.terms.release();
  const crosswalk = crosswalkUrl(dataset);
  const chosen = maps.filter((map) => url === undefined || map.url === url);
  if (url !== undefined && url !== crosswalk && chosen.length === 0)
    throw new HttpProblem("not-found", "this concept map is not served here; see ConceptMap");
  const own = (await concepts.systems())[0]!;
  const matches = chosen.flatMap((map) => aligned(map, own, coding, reverse));
  if (url === undefined || url === crosswalk) matches.push(...(await crossed(concepts, coding, crosswalk)));
  const wanted = matches.filter(({ system }) => target === undefined || system === target);
  wanted.sort((a, b) => b.rating - a.rating || (a.code < b.code ? -1 : 1));
  return parameters([
    { name: "result", valueBoolean: wanted.length > 0 },
    ...messageOf(wanted.length).map((valueString) => ({ name: "message", valueString })),
    ...wanted.slice(0, MAX_MATCHES).map((match) => matchOf(match, release)),
  ]);
}

const MAX_MATCHES = 200;

/** What is not said silently. */
function messageOf(matches: number): string[] {
  if (matches === 0) return ["there is no match"];
  return matches > MAX_MATCHES ? [`${matches} match; these are the best ${MAX_MATCHES}`] : [];
}

function askedR4(input: FhirInput): { coding: FhirCoding; reverse: boolean } {
  return { coding: needed(input.coding()), reverse: input.flag("reverse") ?? false };
}

function askedR5(input: FhirInput): { coding: FhirCoding; reverse: boolean } {
  const by = (side: string) =>
    input.coding({
      coding: `${side}Coding`,
      concept: `${side}CodeableConcept`,
      code: `${side}Code`,
      system: "system",
    });
  const target = by("target");
  // Clients of R4's form are understood as well.
  return target
    ? { coding: target, reverse: true }
    : by("source")
      ? { coding: by("source")!, reverse: false }
      : askedR4(input);
}

function needed(coding: FhirCoding | undefined): FhirCoding {
  if (coding) return coding;
  throw new HttpProblem("usage", "the code to translate is missing");
}

function aligned(
  map: AlignmentMap,
  own: FhirSystem,
  { system, code }: FhirCoding,
  reverse: boolean,
): Match[] {
  if (system !== undefined && system !== (reverse ? own.url : map.source)) return [];
  const found = map.entries.filter((entry) => (reverse ? entry.cui : entry.id) === code);
  return found.map(({ id, term, cui, name, rating }) =>
    reverse
      ? { system: map.source, code: id, display: term, rating, map: map.url }
      : { system: own.url, code: cui, display: name, rating, map: map.url },
  );
}

async function crossed(concepts: FhirConcepts, { system, code }: FhirCoding, map: string): Promise<Match[]> {
  const systems = await concepts.systems();
  const from = systems.find((one) => one.url === system);
  const found = from && (await concepts.find(from, code, []));
  if (!found) return [];
  const matches = new Map<string, Match>();
  for (const concept of found.concepts) {
    for (const to of systems) {
      if (to.url === from.url) continue;
      const codes = to.sab === undefined ? [{ code: concept.cui, str: concept.name }] : [];
      for (const atom of concept.atoms) if (atom.sab === to.sab && atom.code !== "") codes.push(atom);
      for (const { code: other, str } of codes) {
        const key = JSON.stringify([to.url, other]);
        if (!matches.has(key))
          matches.set(key, { system: to.url, code: other, display: str, rating: 5, map });
      }
    }
  }
  return [...matches.values()];
}

/** 5 is the same; 4 and 3 are close; 2 and 1 related. */
function matchOf({ system, code, display, rating, map }: Match, release: FhirRelease): FhirParameter {
  const close =
    rating === 5 ? "equivalent" : release === "r5" ? "related-to" : rating > 2 ? "inexact" : "relatedto";
  const concept = { name: "concept", valueCoding: { system, code, display } };
  const part =
    release === "r4"
      ? [{ name: "equivalence", valueCode: close }, concept, { name: "source", valueUri: map }]
      : [{ name: "relationship", valueCode: close }, concept, { name: "originMap", valueUri: map }];
  return { name: "match", part };
}
