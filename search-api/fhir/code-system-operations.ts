import { HttpProblem } from "../problems/http-problem.ts";
import { type FhirParameter, type FhirRelease, type FhirResource, parameters } from "./fhir-answer.ts";
import { type FhirConcept, type FhirConcepts, isNamed, latsOf } from "./fhir-concepts.ts";
import type { FhirInput } from "./fhir-input.ts";
import type { FhirSystem } from "./fhir-systems.ts";

/** `CodeSystem/$lookup`: names and properties of a code. Errors: `usage` without a code, `unknown-code`. */
export async function lookup(
  concepts: FhirConcepts,
  input: FhirInput,
  release: FhirRelease,
  instance?: FhirSystem,
): Promise<FhirResource> {
  const coding = input.coding();
  if (!coding) throw new HttpProblem("usage", "code is missing; give code and system, or coding");
  const system =
    instance ?? (await systemOf(concepts, coding.system, coding.version ?? input.text("version")));
  const found = await concepts.findOrThrow(system, coding.code, latsOf(input.text("displayLanguage")));
  const wanted = input.texts("property");
  const asked = (name: string): boolean => wanted.length === 0 || wanted.includes(name);
  return parameters([
    { name: "name", valueString: system.name },
    { name: "version", valueString: system.version },
    { name: "display", valueString: found.display },
    ...(release === "r5" && found.definition ? [{ name: "definition", valueString: found.definition }] : []),
    ...(asked("designation") ? found.designations.map(designationOf) : []),
    ...(await propertiesOf(concepts, found, release)).filter(({ code }) => asked(code)).map(propertyOf),
  ]);
}

/** `CodeSystem/$validate-code`: whether a system has a code, and a display is one of its names. */
export async function validateCode(
  concepts: FhirConcepts,
  input: FhirInput,
  instance?: FhirSystem,
): Promise<FhirResource> {
  const coding = input.coding();
  if (!coding)
    throw new HttpProblem("usage", "code is missing; give code and url, coding or codeableConcept");
  const url = input.text("url") ?? coding.system;
  const system = instance ?? (await systemOf(concepts, url, coding.version ?? input.text("version")));
  return validated(concepts, system, coding, input);
}

/** The answer of both `$validate-code`: `found` tells why a code that the system has is not meant. */
export async function validated(
  concepts: FhirConcepts,
  system: FhirSystem,
  { code, display }: { code: string; display?: string },
  input: FhirInput,
  judge: (concept: FhirConcept) => Promise<string | undefined> = async () => undefined,
): Promise<FhirResource> {
  const found = await concepts.find(system, code, latsOf(input.text("displayLanguage")));
  const fault = !found
    ? "the code system has no such code"
    : ((await judge(found)) ??
      (display !== undefined && !isNamed(found, display)
        ? "the display is no name of this code"
        : undefined));
  return parameters([
    { name: "result", valueBoolean: fault === undefined },
    ...(fault === undefined ? [] : [{ name: "message", valueString: fault }]),
    ...(found
      ? [
          { name: "display", valueString: found.display },
          { name: "code", valueCode: found.code },
          { name: "system", valueUri: system.url },
          { name: "version", valueString: system.version },
        ]
      : []),
  ]);
}

async function systemOf(
  concepts: FhirConcepts,
  url: string | undefined,
  version: string | undefined,
): Promise<FhirSystem> {
  if (url === undefined) throw new HttpProblem("usage", "system is missing");
  return concepts.system(url, version);
}

function designationOf({ language, value }: { language?: string; value: string }): FhirParameter {
  const part = [
    ...(language ? [{ name: "language", valueCode: language }] : []),
    { name: "value", valueString: value },
  ];
  return { name: "designation", part };
}

interface Property {
  code: string;
  value: FhirParameter;
  description?: string;
}

async function propertiesOf(
  concepts: FhirConcepts,
  { system, code, inactive, concepts: own, definition }: FhirConcept,
  release: FhirRelease,
): Promise<Property[]> {
  const types = own.flatMap(({ semanticTypes }) => semanticTypes);
  const properties: Property[] = [
    { code: "inactive", value: { name: "value", valueBoolean: inactive } },
    ...types.map(({ tui, name }) => ({
      code: "semanticType",
      value: { name: "value", valueCode: tui },
      description: name,
    })),
  ];
  if (release === "r4" && definition !== undefined)
    properties.push({ code: "definition", value: { name: "value", valueString: definition } });
  if (system.sab !== undefined)
    for (const { cui } of own) properties.push({ code: "cui", value: { name: "value", valueCode: cui } });
  for (const [name, rel] of [
    ["parent", "PAR"],
    ["child", "CHD"],
  ] as const) {
    const relations = own.flatMap((concept) => concept.relations).filter((relation) => relation.rel === rel);
    const near = relations.filter(({ sab }) => system.sab === undefined || sab === system.sab);
    const related = await concepts.terms.concepts(
      await concepts.terms.release(),
      near.map(({ cui }) => cui),
    );
    for (const concept of related)
      for (const one of codesOf(concept.cui, concept.atoms, system))
        if (one !== code)
          properties.push({
            code: name,
            value: { name: "value", valueCode: one },
            description: concept.name,
          });
  }
  return properties;
}

function codesOf(
  cui: string,
  atoms: readonly { sab: string; code: string }[],
  { sab }: FhirSystem,
): string[] {
  if (sab === undefined) return [cui];
  return [...new Set(atoms.flatMap((atom) => (atom.sab === sab && atom.code !== "" ? [atom.code] : [])))];
}

function propertyOf({ code, value, description }: Property): FhirParameter {
  const part = [
    { name: "code", valueCode: code },
    value,
    ...(description === undefined ? [] : [{ name: "description", valueString: description }]),
  ];
  return { name: "property", part };
}
