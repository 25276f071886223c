import { ConceptsBelow } from "../../src/retrieval/request/concepts-below.ts";
import type { SearchFilter } from "../../src/retrieval/request/search-filter.ts";
import { passingAtoms, storeFilter } from "../../src/retrieval/request/search-filter.ts";
import type { StringRecord } from "../../src/terminology/concept.ts";
import type { ReleaseRecord } from "../../src/vector-store/release-record.ts";
import { LIMITS } from "../limits.ts";
import { HttpProblem } from "../problems/http-problem.ts";
import { lexicalSearch, MAX_HITS } from "../terms/lexical-search.ts";
import type { FhirResource } from "./fhir-answer.ts";
import { type FhirConcept, type FhirConcepts, latsOf } from "./fhir-concepts.ts";
import type { FhirInput } from "./fhir-input.ts";
import type { FhirSystem } from "./fhir-systems.ts";
import type { ValueSetDefinition, ValueSetPart } from "./value-set.ts";

/** A code before its names are read. `inactive` where all its atoms are suppressed. */
interface ListedCode {
  system: FhirSystem;
  code: string;
  cuis: string[];
}

interface Listing {
  codes: ListedCode[];
  /** How many there are in all; undefined where no more were looked at. */
  total: number | undefined;
}

/** Strings that are read to list a branch or a source without a text; more is too costly. */
const MAX_STRINGS = 10_000;
/** Listed codes that are looked for at a time: a list must not take the store for itself. */
const LOOKUPS = 16;

/**
 * `ValueSet/$expand`: a page of the codes of a value set, by `filter` (all words, in names, synonyms, codes; and what begins so),
 * the best match first. Errors: `too-costly` for what can't be listed without a filter.
 */
export async function expand(
  concepts: FhirConcepts,
  definition: ValueSetDefinition,
  input: FhirInput,
  { newId, now }: { newId: () => string; now: () => Date },
): Promise<FhirResource> {
  const filter = input.text("filter")?.trim() || undefined;
  const count = input.whole("count");
  const offset = input.whole("offset") ?? 0;
  if (count !== undefined && count > LIMITS.fhirCount)
    throw new HttpProblem("too-costly", `count may be at most ${LIMITS.fhirCount}`);
  if (offset > LIMITS.fhirOffset)
    throw new HttpProblem("too-costly", `offset may be at most ${LIMITS.fhirOffset}; give a filter`);
  const size = count ?? LIMITS.fhirCount;
  const listing = await listed(
    concepts,
    definition,
    filter,
    offset + size,
    input.flag("activeOnly") ?? false,
  );
  if (count === undefined && offset + size < listing.codes.length)
    throw new HttpProblem(
      "too-costly",
      `there are more than ${LIMITS.fhirCount} codes; give count, or a filter`,
    );
  const lats = latsOf(input.text("displayLanguage"));
  const page = listing.codes.slice(offset, offset + size);
  const contains = await described(concepts, page, lats);
  const given = ["filter", "displayLanguage", "includeDesignations", "activeOnly"].flatMap((name) => {
    const value = input.text(name);
    if (value === undefined) return [];
    return [
      /^(true|false)$/.test(value) ? { name, valueBoolean: value === "true" } : { name, valueString: value },
    ];
  });
  const numbers = ["count", "offset"].flatMap((name) => {
    const value = input.whole(name);
    return value === undefined ? [] : [{ name, valueInteger: value }];
  });
  const withDesignations = input.flag("includeDesignations") ?? false;
  return {
    resourceType: "ValueSet",
    status: "active",
    ...(definition.url === "" ? {} : { url: definition.url }),
    expansion: {
      identifier: `urn:uuid:${newId()}`,
      timestamp: now().toISOString(),
      ...(listing.total === undefined ? {} : { total: listing.total }),
      offset,
      ...(given.length + numbers.length > 0 ? { parameter: [...given, ...numbers] } : {}),
      ...(contains.length > 0 ? { contains: contains.map((one) => entryOf(one, withDesignations)) } : {}),
    },
  };
}

/** Whether a value set holds a code that its system has; undefined where it does, else why not. */
export async function whyNotIn(
  concepts: FhirConcepts,
  { include }: ValueSetDefinition,
  found: FhirConcept,
): Promise<string | undefined> {
  const release = await concepts.terms.release();
  for (const part of include) {
    if (part.system.url !== found.system.url) continue;
    if (part.codes && !part.codes.includes(found.code)) continue;
    const types = found.concepts.flatMap(({ semanticTypes }) => semanticTypes.map(({ tui }) => tui));
    if (part.types && !part.types.some((tui) => types.includes(tui))) continue;
    if (part.under !== undefined) {
      const tops = await topsOf(concepts, part);
      const below = new ConceptsBelow(concepts.terms.store, release.concepts, tops);
      const cuis = found.concepts.map(({ cui }) => cui);
      await below.learn(cuis);
      if (!cuis.some((cui) => below.has(cui) && !(part.withoutTop && tops.includes(cui)))) continue;
    }
    return undefined;
  }
  return "the code is not in the value set";
}

async function listed(
  concepts: FhirConcepts,
  { include }: ValueSetDefinition,
  filter: string | undefined,
  wanted: number,
  activeOnly: boolean,
): Promise<Listing> {
  const codes = new Map<string, ListedCode>();
  let total: number | undefined = 0;
  for (const part of include) {
    const listing = await listedOf(concepts, part, filter, wanted, activeOnly);
    for (const code of listing.codes) codes.set(JSON.stringify([code.system.url, code.code]), code);
    total = total === undefined || listing.total === undefined ? undefined : total + listing.total;
  }
  return {
    codes: [...codes.values()],
    total: include.length > 1 && total !== undefined ? codes.size : total,
  };
}

async function listedOf(
  concepts: FhirConcepts,
  part: ValueSetPart,
  filter: string | undefined,
  wanted: number,
  activeOnly: boolean,
): Promise<Listing> {
  const release = await concepts.terms.release();
  const { store } = concepts.terms;
  const { system, under, types } = part;
  const tops = under === undefined ? [] : await topsOf(concepts, part);
  if (under !== undefined && tops.length === 0) return { codes: [], total: 0 };
  const bounds: SearchFilter = {
    ...(system.sab === undefined ? {} : { sab: [system.sab] }),
    ...(tops.length > 0 ? { under: tops } : {}),
    ...(types ? { sty: types } : {}),
  };
  const isListed = ({ code, cuis }: { code: string; cuis: string[] }): boolean =>
    (part.codes?.includes(code) ?? true) && !(part.withoutTop && cuis.every((cui) => tops.includes(cui)));
  const collected = (records: { record: StringRecord; atoms: StringRecord["atoms"] }[]): ListedCode[] =>
    codesOf(system, records, activeOnly).filter(isListed);
  if (filter !== undefined) {
    const hits = await lexicalSearch(store, release, filter, "filter", bounds);
    const codes = collected(hits);
    return { codes, total: hits.length < MAX_HITS ? codes.length : undefined };
  }
  if (part.codes) {
    const found: FhirConcept[] = [];
    for (let start = 0; start < part.codes.length; start += LOOKUPS) {
      const some = part.codes.slice(start, start + LOOKUPS);
      const known = await Promise.all(some.map((code) => concepts.find(system, code, [])));
      found.push(...known.flatMap((one) => (one && !(activeOnly && one.inactive) ? [one] : [])));
    }
    const codes = found.map((one) => ({ system, code: one.code, cuis: one.concepts.map(({ cui }) => cui) }));
    return { codes, total: codes.length };
  }
  const pushed = await storeFilter(bounds, store, release.concepts);
  if (!pushed && !activeOnly) return allConcepts(concepts, release, system, wanted);
  const strings = await store.count(release.strings, pushed);
  if (strings > MAX_STRINGS)
    throw new HttpProblem("too-costly", "there are too many codes to list; give a filter");
  const options = pushed ? { filter: pushed } : {};
  const found = await store.findByPrefix(release.strings, "norm", "", MAX_STRINGS, options);
  const records = found.map(({ body }) => JSON.parse(body) as StringRecord);
  const below = tops.length > 0 ? new ConceptsBelow(store, release.concepts, tops) : undefined;
  await below?.learnFiltered(records.map((record) => ({ record })));
  const codes = collected(records.map((record) => ({ record, atoms: passingAtoms(record, bounds, below) })));
  codes.sort((a, b) => (a.code < b.code ? -1 : 1));
  return { codes, total: codes.length };
}

/** All concepts, by CUI. */
async function allConcepts(
  { terms }: FhirConcepts,
  release: ReleaseRecord,
  system: FhirSystem,
  wanted: number,
): Promise<Listing> {
  const found = await terms.store.findByPrefix(release.concepts, "id", "", wanted + 1);
  const codes = found.map(({ id }) => ({ system, code: id, cuis: [id] }));
  return { codes, total: await terms.store.count(release.concepts) };
}

async function topsOf(concepts: FhirConcepts, { system, under }: ValueSetPart): Promise<string[]> {
  const top = await concepts.find(system, under!, []);
  return top?.concepts.map(({ cui }) => cui) ?? [];
}

/** Codes in the order in which their strings come; of a code all of whose atoms are suppressed none where that is not wanted. */
function codesOf(
  system: FhirSystem,
  records: readonly { record: StringRecord; atoms: StringRecord["atoms"] }[],
  activeOnly: boolean,
): ListedCode[] {
  const codes = new Map<string, ListedCode>();
  for (const { atoms } of records) {
    for (const { cui, code, suppress } of atoms) {
      if (activeOnly && suppress !== "N") continue;
      const key = system.sab === undefined ? cui : code;
      if (key === "") continue;
      const known = codes.get(key) ?? { system, code: key, cuis: [] };
      codes.set(key, known);
      if (!known.cuis.includes(cui)) known.cuis.push(cui);
    }
  }
  return [...codes.values()];
}

async function described(
  concepts: FhirConcepts,
  page: readonly ListedCode[],
  lats: readonly string[],
): Promise<FhirConcept[]> {
  const found = new Map<ListedCode, FhirConcept>();
  for (const system of new Set(page.map((one) => one.system))) {
    const own = page.filter((one) => one.system === system);
    const details = await concepts.details(system, own, lats);
    for (const one of own) {
      const detail = details.find(({ code }) => code === one.code);
      if (detail) found.set(one, detail);
    }
  }
  return page.flatMap((one) => found.get(one) ?? []);
}

function entryOf({ system, code, display, designations, inactive }: FhirConcept, withDesignations: boolean) {
  return {
    system: system.url,
    version: system.version,
    ...(inactive ? { inactive: true } : {}),
    code,
    display,
    ...(withDesignations ? { designation: designations } : {}),
  };
}
