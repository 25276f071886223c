import pLimit from "p-limit";
import { type HomonymDeps, isDecided, nearnessTo } from "../../retrieval/rank/homonyms.ts";
import { sensesOf } from "../../retrieval/rank/senses.ts";
import type { ConceptRecord } from "../../terminology/concept.ts";
import type { LexiconEntry } from "../../terminology/lexicon/lexicon.ts";
import { type ConceptCandidate, isVeryName } from "../concept-candidates.ts";

const AT_ONCE = 4;
const MAX_SAID = 2000;

/** An entry with what was found for it. */
export interface HomonymInput {
  entry: Pick<LexiconEntry, "term" | "explanation" | "synonyms">;
  candidates: readonly ConceptCandidate[];
}

/** Candidates whose very name the term is: as it is written, where any is. */
function homonymsOf(candidates: readonly ConceptCandidate[]): ConceptCandidate[] {
  const named = candidates.filter(({ same }) => same?.field === "term" && isVeryName(same));
  const isWritten = named.some(({ same }) => same!.by === "string");
  return named.filter(({ same }) => !isWritten || same!.by === "string");
}

/**
 * Where several concepts bear the term as their very name, decides by all else that the entry says: what its explanation and synonyms
 * come nearest to, among the concepts' other names and definitions. Sets `context` of each, and `rivals` where they have more
 * senses than one and nothing decides.
 */
export async function decideHomonyms(inputs: readonly HomonymInput[], deps: HomonymDeps): Promise<void> {
  const limit = pLimit(AT_ONCE);
  await limit.map(
    inputs.filter(({ candidates }) => homonymsOf(candidates).length > 1),
    (input) => decide(input, deps),
  );
}

async function decide({ entry, candidates }: HomonymInput, deps: HomonymDeps): Promise<void> {
  const homonyms = homonymsOf(candidates);
  const cuis = homonyms.map(({ cui }) => cui);
  const found = await deps.store.find(deps.release.concepts, "id", cuis, cuis.length);
  const records = found.map(({ body }) => JSON.parse(body) as ConceptRecord);
  const senses = sensesOf(entry.term, records);
  const said = [entry.explanation ?? "", ...entry.synonyms].join(" ").trim().slice(0, MAX_SAID);
  if (said === "" && senses.length < 2) return;
  const near =
    said === "" ? new Map<string, number>() : await nearnessTo(said, entry.term, new Set(cuis), deps);
  const decided = isDecided(senses, near);
  for (const candidate of homonyms) {
    candidate.context = near.get(candidate.cui) ?? 0;
    if (!decided) candidate.rivals = cuis.filter((cui) => cui !== candidate.cui);
  }
}
