import { curieOf, parseIdentifier } from "../../terminology/identifiers/identifier.ts";
import { sourceKey, sourceKeys } from "../../terminology/identifiers/prefixes.ts";
import { latOf } from "../../terminology/languages.ts";
import { groupOfType } from "../../terminology/semantic-groups.ts";
import type { ReleaseRecord } from "../../vector-store/release-record.ts";
import type { SearchFilter } from "./search-filter.ts";

/** Values of a filter that a release has not: with them alone nothing is found. */
export interface UnknownValues {
  field: "sab" | "lat" | "sty";
  values: string[];
}

/**
 * A filter with its values as the release writes them, whatever case or name they were given in (`icd10cm`, `MeSH`, `fr`, `t047`,
 * `Disease or Syndrome`), and those that it does not know.
 */
export function withKnownValues(
  filter: SearchFilter,
  { counts }: Pick<ReleaseRecord, "counts">,
): { filter: SearchFilter; unknown: UnknownValues[] } {
  const unknown: UnknownValues[] = [];
  const known = (
    field: UnknownValues["field"],
    given: readonly string[] | undefined,
    find: (value: string) => readonly string[],
  ): Pick<SearchFilter, typeof field> => {
    if (!given?.length) return {};
    const missing = given.filter((value) => find(value).length === 0);
    if (missing.length > 0) unknown.push({ field, values: missing });
    return { [field]: given.flatMap((value) => (find(value).length > 0 ? find(value) : [value])) };
  };
  const sabs = Object.keys(counts.bySab);
  const types = Object.entries(counts.bySty);
  const upper = (values: readonly string[]): string[] => [...new Set(values.flatMap(identifierForms))];
  const { sab, lat, tty, sty, cui, under } = filter;
  return {
    unknown,
    filter: {
      ...filter,
      ...known("sab", sab, (value) => sourcesOf(value, sabs)),
      ...known("lat", lat, (value) =>
        [latOf(value) ?? value.toUpperCase()].filter((one) => counts.byLat[one]),
      ),
      ...known("sty", sty, (value) => typesOf(value, types)),
      ...(tty?.length ? { tty: [...new Set(tty.flatMap((value) => [value, value.toUpperCase()]))] } : {}),
      ...(cui?.length ? { cui: upper(cui) } : {}),
      ...(under?.length ? { under: upper(under) } : {}),
    },
  };
}

/** The source of this very name, else one that is called so but for its writing, else those that the registries call so. */
function sourcesOf(value: string, sabs: readonly string[]): string[] {
  if (sabs.includes(value)) return [value];
  const key = sourceKey(value);
  const same = sabs.filter((sab) => sourceKey(sab) === key);
  if (same.length > 0) return same;
  const keys = sourceKeys(value);
  return sabs.filter((sab) => keys.has(sourceKey(sab)));
}

function typesOf(value: string, types: readonly (readonly [string, { name: string }])[]): string[] {
  const lower = value.toLowerCase();
  const found = types.flatMap(([tui, { name }]) =>
    tui.toLowerCase() === lower || name.toLowerCase() === lower ? [tui] : [],
  );
  // A type of the Semantic Network that no concept of the release has is no mistake.
  return found.length > 0 ? found : groupOfType(value.toUpperCase()) ? [value.toUpperCase()] : [];
}

function identifierForms(value: string): string[] {
  const identifier = parseIdentifier(value);
  return [value, value.toUpperCase(), ...(identifier ? [curieOf(identifier)] : [])];
}
