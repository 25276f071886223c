import type { ConceptRecord } from "../../src/terminology/concept.ts";
import { TermduetError } from "../../src/terminology/termduet-error.ts";
import type { Call } from "../call.ts";
import type { ConceptView } from "../schemas/concept-schema.ts";
import type { SearchBackend } from "../search-backend.ts";
import { readingWithin, type StoreReading } from "../terms/store-reading.ts";
import { type NamedConcept, resolveAncestors } from "./ancestors.ts";
import { groupNeighbours, groupRelations } from "./neighbours.ts";

export interface ConceptLookupDeps {
  store: StoreReading;
  releases: SearchBackend["releases"];
}

export interface ConceptRequest {
  cui: string;
  dataset?: string | undefined;
  /** Language for the names of related concepts. */
  lat?: string | undefined;
}

/** Looks concepts up in the active release and names the concepts that they are related to. */
export class ConceptLookup {
  readonly #deps: ConceptLookupDeps;

  constructor(deps: ConceptLookupDeps) {
    this.#deps = deps;
  }

  /** Errors: `not-found` when the release does not hold the concept. */
  async concept(
    { cui, dataset, lat }: ConceptRequest,
    call: Pick<Call, "signal" | "remainingMs">,
  ): Promise<ConceptView> {
    const release = await this.#deps.releases.resolve(dataset);
    const store = readingWithin(this.#deps.store, call);
    const find = async (cuis: readonly string[]): Promise<ConceptRecord[]> => {
      const found = await store.find(release.concepts, "id", cuis, cuis.length);
      return found.map(({ body }) => JSON.parse(body) as ConceptRecord);
    };
    const record = pick(await find([...new Set([cui, cui.toUpperCase()])]), cui);
    if (!record) {
      throw new TermduetError(
        "not-found",
        `${release.dataset} ${release.release} holds no concept of this identifier`,
      );
    }
    const related = await find([...new Set(record.relations.map((relation) => relation.cui))]);
    const nameOf = (concept: ConceptRecord): string =>
      (lat && concept.names[lat.toUpperCase()]) || concept.name;
    const names = new Map(related.map((concept) => [concept.cui, nameOf(concept)]));
    const ancestors = await resolveAncestors(record, related, find, nameOf);
    const ofKind = (rel: string) => record.relations.filter((relation) => relation.rel === rel);
    return {
      dataset: release.dataset,
      release: release.release,
      cui: record.cui,
      name: record.name,
      names: record.names,
      semanticTypes: record.semanticTypes,
      definitions: record.definitions,
      atoms: record.atoms,
      parents: groupNeighbours(ofKind("PAR"), names),
      children: groupNeighbours(ofKind("CHD"), names),
      relations: groupRelations(
        record.relations.filter(({ rel }) => rel !== "PAR" && rel !== "CHD"),
        names,
      ),
      relationCount: record.relationCount,
      hierarchies: record.hierarchies.map(({ aui, sab, path }) => ({
        aui,
        sab,
        path: path.map((step) => stepOf(step, ancestors.get(step))),
      })),
    };
  }
}

function pick(found: readonly ConceptRecord[], cui: string): ConceptRecord | undefined {
  return found.find((concept) => concept.cui === cui) ?? found[0];
}

function stepOf(aui: string, concept: NamedConcept | undefined): { aui: string } & Partial<NamedConcept> {
  return concept ? { aui, ...concept } : { aui };
}
