import { z } from "zod";
import { ConceptsBelow } from "../../src/retrieval/request/concepts-below.ts";
import type { ConceptRecord, StringRecord } from "../../src/terminology/concept.ts";
import { groupOfType } from "../../src/terminology/semantic-groups.ts";
import { TermduetError } from "../../src/terminology/termduet-error.ts";
import type { ReleaseRecord } from "../../src/vector-store/release-record.ts";
import type { Endpoint } from "../endpoint.ts";
import { HttpProblem } from "../problems/http-problem.ts";
import { compareAtoms, type NamedAtom, type SourceCode, type TermStore } from "../terms/term-store.ts";
import { paged, single } from "./uts-answer.ts";
import { isWanted, utsAtoms, utsCluster } from "./uts-atoms.ts";
import { some } from "./uts-content.ts";
import { type UtsDeps, utsEndpoint } from "./uts-endpoint.ts";
import { atomsQuery, crosswalkQuery, pagedQuery, plainQuery, sourcePath } from "./uts-parameters.ts";
import { atomsPage, clusterPage, clustersPage, semanticTypePage } from "./uts-schemas.ts";

const SOURCE = "/rest/content/{version}/source/{source}/{id}";
const MAX_LEVELS = 25;
const MAX_CONCEPTS = 2_000;
const MAX_STRINGS_BELOW = 10_000;

type Place = z.output<typeof sourcePath>;

/** `/rest/content/{version}/source/{source}/{id}` with its neighbours, `/rest/crosswalk` and semantic types. */
export function utsSourceEndpoints(deps: UtsDeps): Endpoint[] {
  const placed = async ({ version, source, id }: Place, terms: TermStore) => {
    const release = await terms.release(version);
    return { release, code: await terms.codeOrThrow(release, source, id) };
  };
  const neighbours = (
    name: string,
    summary: string,
    reach: (terms: TermStore, release: ReleaseRecord, code: SourceCode) => Promise<SourceCode[]>,
  ): Endpoint =>
    utsEndpoint(deps, {
      path: `${SOURCE}/${name}`,
      id: `utsSource_${name}`,
      summary,
      pathSchema: sourcePath,
      querySchema: pagedQuery,
      page: clustersPage,
      async work(input, { at, terms }) {
        const { release, code } = await placed(input, terms);
        const page = paged(some(await reach(terms, release, code)), input);
        return { ...page, result: page.result.map((one) => utsCluster(one, at)) };
      },
    });
  return [
    utsEndpoint(deps, {
      path: SOURCE,
      id: "utsSource",
      summary: "A code of a source",
      pathSchema: sourcePath,
      querySchema: plainQuery,
      page: clusterPage,
      work: async (input, { at, terms }) => single(utsCluster((await placed(input, terms)).code, at)),
    }),
    utsEndpoint(deps, {
      path: `${SOURCE}/atoms`,
      id: "utsSource_atoms",
      summary: "The atoms of a code",
      pathSchema: sourcePath,
      querySchema: atomsQuery,
      page: atomsPage,
      async work(input, { at, terms }) {
        const { atoms } = (await placed(input, terms)).code;
        const wanted = atoms.filter((atom) => isWanted(atom, input));
        return paged(some(utsAtoms(wanted, at)), input);
      },
    }),
    neighbours("parents", "Codes of the source that are above this one", (...all) => related(...all, "PAR")),
    neighbours("children", "Codes of the source that are below this one", (...all) => related(...all, "CHD")),
    neighbours("ancestors", "All codes of the source that are above this one", ancestors),
    neighbours("descendants", "All codes of the source that are below this one", descendants),
    utsEndpoint(deps, {
      path: "/rest/crosswalk/{version}/source/{source}/{id}",
      id: "utsCrosswalk",
      summary: "Codes of other sources for the same concepts",
      pathSchema: sourcePath,
      querySchema: crosswalkQuery,
      page: clustersPage,
      async work(input, { at, terms }) {
        const { release, code } = await placed(input, terms);
        const concepts = await terms.concepts(release, code.cuis);
        const atoms = concepts
          .flatMap((concept) => concept.atoms)
          .filter((atom) => atom.sab !== code.sab && isWanted(atom, { ...input, sabs: input.targetSource }));
        const page = paged(some(codesOf(atoms)), input);
        return { ...page, result: page.result.map((one) => utsCluster(one, at)) };
      },
    }),
    utsEndpoint(deps, {
      path: "/rest/semantic-network/{version}/TUI/{tui}",
      id: "utsSemanticType",
      summary: "A semantic type",
      pathSchema: z.strictObject({ version: z.string(), tui: z.string().max(20) }),
      querySchema: plainQuery,
      page: semanticTypePage,
      async work({ version, tui }, { terms }) {
        const { counts } = await terms.release(version);
        const [group, known] = [groupOfType(tui), counts.bySty[tui]];
        if (!group || !known) throw new TermduetError("not-found", "the release has no such semantic type");
        return single({
          classType: "SemanticType",
          ui: tui,
          name: known.name,
          semanticTypeGroup: {
            classType: "SemanticGroup",
            abbreviation: group.id,
            expandedForm: group.name,
          },
        });
      },
    }),
  ];
}

/** Atoms by code, each code once, in the order of their first atoms' names. */
function codesOf(atoms: readonly NamedAtom[]): SourceCode[] {
  const codes = new Map<string, SourceCode>();
  for (const atom of [...atoms].sort(compareAtoms)) {
    if (atom.code === "") continue;
    const key = JSON.stringify([atom.sab, atom.code]);
    const code = codes.get(key) ?? { sab: atom.sab, code: atom.code, atoms: [], cuis: [] };
    codes.set(key, code);
    code.atoms.push(atom);
    if (!code.cuis.includes(atom.cui)) code.cuis.push(atom.cui);
  }
  return [...codes.values()].sort((a, b) => compare(a.sab, b.sab) || compare(a.code, b.code));
}

function codesIn(sab: string, concepts: readonly ConceptRecord[]): SourceCode[] {
  return codesOf(concepts.flatMap(({ atoms }) => atoms.filter((atom) => atom.sab === sab)));
}

async function related(
  terms: TermStore,
  release: ReleaseRecord,
  { sab, cuis }: SourceCode,
  rel: string,
): Promise<SourceCode[]> {
  const own = await terms.concepts(release, cuis);
  const relations = own.flatMap((concept) => concept.relations);
  const next = relations.filter((relation) => relation.rel === rel && relation.sab === sab);
  return codesIn(
    sab,
    await terms.concepts(
      release,
      next.map(({ cui }) => cui),
    ),
  );
}

async function ancestors(
  terms: TermStore,
  release: ReleaseRecord,
  { sab, cuis }: SourceCode,
): Promise<SourceCode[]> {
  const seen = new Map<string, ConceptRecord>();
  let level = await terms.concepts(release, cuis);
  for (let depth = 0; depth < MAX_LEVELS && level.length > 0 && seen.size < MAX_CONCEPTS; depth++) {
    const relations = level.flatMap((concept) => concept.relations);
    const above = relations.filter((relation) => relation.rel === "PAR" && relation.sab === sab);
    const next = above.map(({ cui }) => cui).filter((cui) => !seen.has(cui) && !cuis.includes(cui));
    level = await terms.concepts(release, next);
    for (const concept of level) seen.set(concept.cui, concept);
  }
  return codesIn(sab, [...seen.values()]);
}

async function descendants(
  terms: TermStore,
  release: ReleaseRecord,
  { sab, code, cuis }: SourceCode,
): Promise<SourceCode[]> {
  const found = await terms.store.find(release.strings, "above", cuis, MAX_STRINGS_BELOW + 1);
  if (found.length > MAX_STRINGS_BELOW)
    throw new HttpProblem("too-costly", "there are too many codes below this one; ask one below it");
  const records = found.map(({ body }) => JSON.parse(body) as StringRecord);
  const below = new ConceptsBelow(terms.store, release.concepts, cuis);
  await below.learnFiltered(records.map((record) => ({ record })));
  const atoms = records.flatMap(({ text, atoms: all }) =>
    all.filter((atom) => atom.sab === sab && below.has(atom.cui)).map((atom) => ({ ...atom, str: text })),
  );
  return codesOf(atoms).filter((one) => one.code !== code);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
