import type { FieldKind, Filter } from "../vector-store.ts";

/** A string literal of DataFusion's SQL. */
function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** The SQL condition for a field that must hold one of the values. */
export function anyOf(field: string, kind: FieldKind, values: readonly string[]): string {
  const list = values.map(literal).join(", ");
  return kind === "keywords" ? `array_has_any(${field}, [${list}])` : `${field} IN (${list})`;
}

/** The SQL condition for a filter, or undefined for an empty one. */
export function whereOf(
  filter: Filter | undefined,
  kinds: Readonly<Record<string, FieldKind>>,
): string | undefined {
  const conditions = Object.entries(filter ?? {}).map(([field, values]) =>
    anyOf(field, kinds[field] ?? "keyword", values),
  );
  return conditions.length === 0 ? undefined : conditions.join(" AND ");
}

/** The SQL condition for a keyword that begins so. */
export function prefixRange(field: string, prefix: string): string {
  const end = afterPrefix(prefix);
  const from = `${field} >= ${literal(prefix)}`;
  return end === undefined ? from : `${from} AND ${field} < ${literal(end)}`;
}

/** The least string that is greater than every string with the prefix, or undefined when there is none. */
function afterPrefix(prefix: string): string | undefined {
  const points = Array.from(prefix, (c) => c.codePointAt(0)!);
  while (points.length > 0) {
    const last = points.pop()!;
    if (last < 0x10ffff) {
      const next = last + 1 >= 0xd800 && last + 1 <= 0xdfff ? 0xe000 : last + 1; // surrogates are no code points
      return String.fromCodePoint(...points, next);
    }
  }
  return undefined;
}
