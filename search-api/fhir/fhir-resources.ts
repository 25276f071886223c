import type { AlignmentMap } from "./concept-maps.ts";
import { FHIR_JSON, FHIR_VERSIONS, type FhirRelease, type FhirResource } from "./fhir-answer.ts";
import type { FhirSystem } from "./fhir-systems.ts";

export interface Described {
  version: string;
  release: FhirRelease;
  /** When the release was ingested. */
  date: string;
}

const DOCUMENTED = "http://hl7.org/fhir/OperationDefinition";

/** What the door offers, and nothing that it does not. */
export function capabilityStatement({ version, release, date }: Described): FhirResource {
  const operation = (resource: string, name: string) => ({
    name,
    definition: `${DOCUMENTED}/${resource}-${name}`,
  });
  const resource = (type: string, operations: string[]) => ({
    type,
    interaction: [{ code: "read" }, { code: "search-type" }],
    searchParam: [{ name: "url", type: "uri" }],
    operation: operations.map((name) => operation(type, name)),
  });
  return {
    resourceType: "CapabilityStatement",
    status: "active",
    date,
    kind: "instance",
    software: { name: "Termduet", version },
    implementation: { description: "Termduet's terminology service" },
    fhirVersion: FHIR_VERSIONS[release],
    format: [FHIR_JSON, "json"],
    rest: [
      {
        mode: "server",
        resource: [
          resource("CodeSystem", ["lookup", "validate-code"]),
          resource("ValueSet", ["expand", "validate-code"]),
          resource("ConceptMap", ["translate"]),
        ],
      },
    ],
  };
}

export function terminologyCapabilities(
  { version, release, date }: Described,
  systems: readonly FhirSystem[],
): FhirResource {
  return {
    resourceType: "TerminologyCapabilities",
    status: "active",
    date,
    kind: "instance",
    software: { name: "Termduet", version },
    implementation: { description: "Termduet's terminology service" },
    codeSystem: systems.map((system) => ({
      uri: system.url,
      version: [{ code: system.version, isDefault: true }],
      subsumption: false,
      ...(release === "r5" ? { content: "complete" } : {}),
    })),
    expansion: {
      hierarchical: false,
      paging: true,
      incomplete: false,
      parameter: [
        "url",
        "valueSet",
        "filter",
        "count",
        "offset",
        "displayLanguage",
        "includeDesignations",
        "activeOnly",
      ].map((name) => ({ name })),
      textFilter:
        "All words of the filter, in any order, in a name, synonym or code of any language, or a name that begins with the filter; case, accents and punctuation do not count. Exact names come first.",
    },
    codeSearch: "all",
    validateCode: { translations: true },
    translation: { needsMap: false },
  };
}

export function codeSystem(system: FhirSystem, { date }: Described): FhirResource {
  return {
    resourceType: "CodeSystem",
    id: system.id,
    url: system.url,
    version: system.version,
    name: system.name.replaceAll(/[^A-Za-z0-9_]/g, "_"),
    title: system.sab ?? `Concepts of ${system.name}`,
    status: "active",
    date,
    valueSet: `${system.url}?fhir_vs`,
    content: "not-present",
    property: [
      { code: "semanticType", description: "Semantic type (TUI)", type: "code" },
      { code: "parent", uri: "http://hl7.org/fhir/concept-properties#parent", type: "code" },
      { code: "child", uri: "http://hl7.org/fhir/concept-properties#child", type: "code" },
      { code: "inactive", uri: "http://hl7.org/fhir/concept-properties#inactive", type: "boolean" },
      ...(system.sab === undefined ? [] : [{ code: "cui", description: "Concept (CUI)", type: "code" }]),
    ],
    filter: [
      { code: "concept", operator: ["is-a", "descendent-of"], value: "A code" },
      { code: "semanticType", operator: ["=", "in"], value: "TUIs" },
    ],
  };
}

export function valueSet(system: FhirSystem, { date }: Described): FhirResource {
  return {
    resourceType: "ValueSet",
    id: system.id,
    url: `${system.url}?fhir_vs`,
    version: system.version,
    name: system.name.replaceAll(/[^A-Za-z0-9_]/g, "_"),
    status: "active",
    date,
    compose: { include: [{ system: system.url, version: system.version }] },
  };
}

export function conceptMap(map: Pick<AlignmentMap, "id" | "url">, { date }: Described): FhirResource {
  return { resourceType: "ConceptMap", id: map.id, url: map.url, status: "active", date };
}

export function searchset(resources: readonly FhirResource[]): FhirResource {
  return {
    resourceType: "Bundle",
    type: "searchset",
    total: resources.length,
    ...(resources.length > 0
      ? { entry: resources.map((resource) => ({ resource, search: { mode: "match" } })) }
      : {}),
  };
}
