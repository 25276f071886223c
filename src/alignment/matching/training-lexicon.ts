import type { ConceptRecord, StringRecord } from "../../terminology/concept.ts";
import { languageCode } from "../../terminology/languages.ts";
import type { LexiconEntry } from "../../terminology/lexicon/lexicon.ts";
import type { ReleaseRecord } from "../../vector-store/release-record.ts";
import type { VectorStore } from "../../vector-store/vector-store.ts";

/** An entry made from a concept's names, which knows the concept it stands for. */
interface TrainingEntry {
  entry: LexiconEntry;
  cui: string;
  /** Whether the release has the concept without the names that the entry was made from. */
  isThere: boolean;
}

/** A lexicon whose concepts are known: one source of a release, left out of it, or some strings of a release with one. */
export interface TrainingLexicon {
  entries: TrainingEntry[];
  /** The source to leave out. */
  sab?: string;
  /** Strings to hide, by their text, where the release has one source alone. */
  hidden?: ReadonlySet<string>;
}

const SYNONYMS = 3;
const RELATIVES = 4;
/** Of so many entries one is a seed: not every relative has a name of the source, and some are relatives of two. */
const SEED_SHARE = 3;
/** Of this many entries one is of a concept that is hidden altogether, so that there is nothing to find. */
const HIDDEN_EVERY = 4;

/**
 * Entries of a source: concepts at random, each with some relatives, so that entries are as near to each other as those of
 * a real terminology. An entry is in one of its concept's
 * languages, every second has its synonyms, and every second of those with a definition has it for explanation. What sources in
 * `without` have is not there.
 */
export async function trainingLexicon(
  store: VectorStore,
  release: ReleaseRecord,
  { sab, without = [], count }: { sab?: string; without?: readonly string[]; count: number },
): Promise<TrainingLexicon> {
  const isOwn = (atom: { sab: string; suppress: string }): boolean =>
    atom.suppress === "N" && (sab === undefined || atom.sab === sab);
  const seeds = await randomConcepts(store, release, isOwn, Math.ceil(count / SEED_SHARE));
  const first = await conceptsOf(store, release, seeds);
  const near = first.flatMap(({ relations }) => relations.slice(0, RELATIVES).map(({ cui }) => cui));
  const known = new Set(seeds);
  const relatives = await conceptsOf(
    store,
    release,
    [...new Set(near)].filter((cui) => !known.has(cui)),
  );
  const records = [...first, ...relatives].filter(({ atoms }) => atoms.some(isOwn)).slice(0, count);
  const hidden = new Set<string>();
  const entries = records.flatMap((record, i): TrainingEntry[] => {
    const all = record.atoms.filter(isOwn).sort((a, b) => Number(b.isPref) - Number(a.isPref));
    const languages = [...new Set(all.map(({ lat }) => lat))].sort();
    const own = all.filter(({ lat }) => lat === languages[i % languages.length]);
    const name = own[0]!;
    const isThere =
      sab === undefined
        ? record.atoms.some(({ str }) => str !== name.str)
        : record.atoms.some((a) => a.sab !== sab && !without.includes(a.sab));
    // Alone in its concept and in the only source, a name has nothing to be aligned with.
    if (sab === undefined && !isThere) return [];
    const vanishes = sab === undefined && i % HIDDEN_EVERY === 0;
    if (sab === undefined) for (const { str } of vanishes ? record.atoms : [name]) hidden.add(str);
    const others = own.filter(({ str }) => str !== name.str);
    const definition = record.definitions.find((d) => sab === undefined || d.sab === sab)?.text;
    return [
      {
        cui: record.cui,
        isThere: isThere && !vanishes,
        entry: {
          id: `${i}`,
          term: name.str,
          synonyms: sab !== undefined && i % 2 === 0 ? others.slice(0, SYNONYMS).map(({ str }) => str) : [],
          ...(definition !== undefined && (i >> 1) % 2 === 0 ? { explanation: definition } : {}),
          lang: languageCode(name.lat) ?? "en",
          line: i + 2,
          extra: {},
        },
      },
    ];
  });
  return { entries, ...(sab === undefined ? { hidden } : { sab }) };
}

/** Strings lie in the order of a hash, so that the first ones are as random as any. */
async function randomConcepts(
  store: VectorStore,
  release: ReleaseRecord,
  isOwn: (atom: { sab: string; suppress: string }) => boolean,
  count: number,
): Promise<string[]> {
  const found = new Set<string>();
  for await (const batch of store.documents(release.strings)) {
    for (const { body } of batch) {
      const atom = (JSON.parse(body) as StringRecord).atoms.find(isOwn);
      if (atom) found.add(atom.cui);
      if (found.size >= count) return [...found];
    }
  }
  return [...found];
}

async function conceptsOf(
  store: VectorStore,
  release: ReleaseRecord,
  cuis: readonly string[],
): Promise<ConceptRecord[]> {
  const records: ConceptRecord[] = [];
  for (let start = 0; start < cuis.length; start += 500) {
    const ids = cuis.slice(start, start + 500);
    const stored = await store.find(release.concepts, "id", ids, ids.length);
    records.push(...stored.map(({ body }) => JSON.parse(body) as ConceptRecord));
  }
  return records;
}
