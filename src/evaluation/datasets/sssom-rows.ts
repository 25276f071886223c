import { readFile } from "node:fs/promises";
import { parse } from "csv-parse/sync";
import { unreadable } from "../../terminology/files/file-access.ts";
import { TermduetError } from "../../terminology/termduet-error.ts";

export interface SssomRow {
  line: number;
  cells: Readonly<Record<string, string>>;
}

/** The mappings of an SSSOM/TSV file with embedded metadata, and the prefixes that it declares. */
export async function sssomRows(path: string): Promise<{ rows: SssomRow[]; prefixes: Map<string, string> }> {
  const text = (await readFile(path).catch((cause: unknown) => Promise.reject(unreadable(path, cause))))
    .toString("utf8")
    .replace(/^\uFEFF/, "");
  const [, header = ""] = /^((?:#[^\n]*\n)*)/.exec(text) ?? [];
  const skipped = header.split("\n").length - 1;
  let records: string[][];
  try {
    records = parse(text.slice(header.length), { delimiter: "\t", relax_column_count: true });
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new TermduetError("bad-input", `${path} is not readable as SSSOM (${message})`, { cause });
  }
  const [names, ...rest] = records;
  if (!names?.includes("object_id") || !names.includes("predicate_id"))
    throw new TermduetError(
      "bad-input",
      `${path} is no SSSOM file: its columns predicate_id and object_id are missing`,
    );
  const rows = rest.map((record, i) => ({
    line: skipped + i + 2,
    cells: Object.fromEntries(names.map((name, column) => [name, record[column] ?? ""])),
  }));
  return { rows, prefixes: prefixesOf(header) };
}

/** `curie_map` of the metadata: indented `PREFIX: IRI` lines, the IRI with or without quotes. */
function prefixesOf(header: string): Map<string, string> {
  const prefixes = new Map<string, string>();
  let within = false;
  for (const line of header.split("\n")) {
    const content = line.replace(/^# ?/, "");
    if (/^curie_map\s*:/.test(content)) within = true;
    else if (/^\S/.test(content)) within = false;
    const [, name, iri] = /^\s+["']?([^\s"':]+)["']?\s*:\s*["']?([^"'\s]+)["']?\s*$/.exec(content) ?? [];
    if (within && name !== undefined && iri !== undefined) prefixes.set(name, iri);
  }
  return prefixes;
}
