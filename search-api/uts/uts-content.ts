import { TermduetError } from "../../src/terminology/termduet-error.ts";
import type { Endpoint } from "../endpoint.ts";
import { compareAtoms, type TermStore } from "../terms/term-store.ts";
import { paged, single } from "./uts-answer.ts";
import { isWanted, utsAtoms } from "./uts-atoms.ts";
import { type UtsDeps, utsEndpoint } from "./uts-endpoint.ts";
import { atomsQuery, cuiPath, definitionsQuery, plainQuery, relationsQuery } from "./uts-parameters.ts";
import { atomPage, atomsPage, conceptPage, definitionsPage, relationsPage } from "./uts-schemas.ts";

const CUI = "/rest/content/{version}/CUI/{cui}";

/** `/rest/content/{version}/CUI/{cui}` and what is under it. As UTS does, a list with nothing in it is answered with 404. */
export function utsContentEndpoints(deps: UtsDeps): Endpoint[] {
  const conceptOf = async ({ version, cui }: { version: string; cui: string }, terms: TermStore) =>
    terms.conceptOrThrow(await terms.release(version), cui);
  return [
    utsEndpoint(deps, {
      path: CUI,
      id: "utsConcept",
      summary: "A concept, as UTS shows it",
      pathSchema: cuiPath,
      querySchema: plainQuery,
      page: conceptPage,
      async work(input, { at, terms }) {
        const concept = await conceptOf(input, terms);
        const place = at.concept(concept.cui);
        return single({
          classType: "Concept",
          ui: concept.cui,
          suppressible: concept.atoms.every(({ suppress }) => suppress !== "N"),
          dateAdded: "NONE",
          majorRevisionDate: "NONE",
          status: "R",
          semanticTypes: concept.semanticTypes.map(({ tui, name }) => ({ name, uri: at.semanticType(tui) })),
          atomCount: concept.atoms.length,
          attributeCount: 0,
          cvMemberCount: 0,
          atoms: `${place}/atoms`,
          definitions: concept.definitions.length > 0 ? `${place}/definitions` : "NONE",
          relations: concept.relations.length > 0 ? `${place}/relations` : "NONE",
          defaultPreferredAtom: `${place}/atoms/preferred`,
          relationCount: concept.relationCount,
          name: concept.name,
        });
      },
    }),
    utsEndpoint(deps, {
      path: `${CUI}/atoms`,
      id: "utsAtoms",
      summary: "The atoms of a concept",
      pathSchema: cuiPath,
      querySchema: atomsQuery,
      page: atomsPage,
      async work(input, { at, terms }) {
        const { atoms } = await conceptOf(input, terms);
        return paged(
          some(
            utsAtoms(
              atoms.filter((atom) => isWanted(atom, input)),
              at,
            ),
          ),
          input,
        );
      },
    }),
    utsEndpoint(deps, {
      path: `${CUI}/atoms/preferred`,
      id: "utsPreferredAtom",
      summary: "The atom that names a concept",
      pathSchema: cuiPath,
      querySchema: plainQuery,
      page: atomPage,
      async work(input, { at, terms }) {
        const { atoms, name } = await conceptOf(input, terms);
        const named = atoms.filter(({ str }) => str === name).sort(compareAtoms)[0] ?? atoms[0]!;
        return single(utsAtoms([named], at)[0]!);
      },
    }),
    utsEndpoint(deps, {
      path: `${CUI}/definitions`,
      id: "utsDefinitions",
      summary: "The definitions of a concept",
      pathSchema: cuiPath,
      querySchema: definitionsQuery,
      page: definitionsPage,
      async work(input, { terms }) {
        const { definitions } = await conceptOf(input, terms);
        const own = definitions.filter(({ sab }) => !input.sabs?.length || input.sabs.includes(sab));
        return paged(
          some(
            own.map(({ sab, text }) => ({
              classType: "Definition",
              sourceOriginated: true,
              rootSource: sab,
              value: text,
            })),
          ),
          input,
        );
      },
    }),
    utsEndpoint(deps, {
      path: `${CUI}/relations`,
      id: "utsRelations",
      summary: "The relations of a concept",
      pathSchema: cuiPath,
      querySchema: relationsQuery,
      page: relationsPage,
      async work(input, { at, terms }) {
        const release = await terms.release(input.version);
        const { relations } = await terms.conceptOrThrow(release, input.cui);
        const among = (values: readonly string[] | undefined, value: string): boolean =>
          !values?.length || values.includes(value);
        const own = relations.filter(
          ({ rel, rela, sab }) =>
            among(input.sabs, sab) &&
            among(input.includeRelationLabels, rel) &&
            among(input.includeAdditionalRelationLabels, rela),
        );
        const page = paged(some(own), input);
        const related = await terms.concepts(
          release,
          page.result.map(({ cui }) => cui),
        );
        const names = new Map(related.map(({ cui, name }) => [cui, name]));
        const result = page.result.map(({ rel, rela, cui, sab }) => ({
          classType: "ConceptRelation",
          ui: "NONE",
          suppressible: false,
          sourceUi: "NONE",
          obsolete: false,
          sourceOriginated: true,
          rootSource: sab,
          relationLabel: rel,
          additionalRelationLabel: rela,
          groupId: "",
          attributeCount: 0,
          relatedId: at.concept(cui),
          relatedIdName: names.get(cui) ?? "",
        }));
        return { ...page, result };
      },
    }),
  ];
}

/** The list, or `not-found` where it is empty: clients of UTS go by the status. */
export function some<T>(list: T[]): T[] {
  if (list.length > 0) return list;
  throw new TermduetError("not-found", "no results were found");
}
