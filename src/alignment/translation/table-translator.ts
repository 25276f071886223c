import { readFile } from "node:fs/promises";
import { basename, extname } from "node:path";
import { parse } from "csv-parse/sync";
import { unreadable } from "../../terminology/files/file-access.ts";
import { TermduetError } from "../../terminology/termduet-error.ts";
import { normalizeText } from "../../text/normalize.ts";
import type { Translator } from "./translator.ts";

/**
 * Translations from a table with the columns `source` and `translation` (.tsv or .csv). A text is looked up but for its
 * writing, and must be there.
 * @throws TermduetError `not-found`; `bad-input`, with the line, for a row without both.
 */
export async function tableTranslator(path: string): Promise<Translator> {
  const content = await readFile(path, "utf8").catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  const isTsv = extname(path).toLowerCase() === ".tsv";
  const rows = rowsOf(content, isTsv, path);
  const [header, ...rest] = rows;
  const names = header?.record.map((name) => name.trim().toLowerCase()) ?? [];
  const [source, target] = [names.indexOf("source"), names.indexOf("translation")];
  if (source < 0 || target < 0)
    throw new TermduetError(
      "bad-input",
      `${path}: the first line must name the columns source and translation`,
    );
  const known = new Map<string, string>();
  for (const { record, line } of rest) {
    const [from, to] = [record[source]?.trim(), record[target]?.trim()];
    if (!from || !to)
      throw new TermduetError("bad-input", `${path}, line ${line}: source or translation is empty`);
    known.set(normalizeText(from), to);
  }
  return {
    name: `table ${basename(path)}`,
    async translate(texts) {
      const found = texts.map((text) => known.get(normalizeText(text)));
      const missing = found.filter((translation) => translation === undefined).length;
      if (missing > 0)
        throw new TermduetError(
          "not-found",
          `${path} has no translation of ${missing} of ${texts.length} texts of the lexicon: each term, explanation, both together with a space, and synonym needs a row; add them, or leave the encoder out with --encoders`,
        );
      return found as string[];
    },
  };
}

function rowsOf(content: string, isTsv: boolean, path: string): { record: string[]; line: number }[] {
  try {
    const parsed = parse(content, {
      delimiter: isTsv ? "\t" : ",",
      quote: isTsv ? null : '"',
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
    }) as unknown as { record: string[]; info: { lines: number } }[];
    return parsed.map(({ record, info }) => ({ record, line: info.lines }));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TermduetError("bad-input", `${path} is no table: ${why}`, { cause });
  }
}
