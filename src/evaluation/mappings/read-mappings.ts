import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { unreadable } from "../../terminology/files/file-access.ts";
import { TermduetError } from "../../terminology/termduet-error.ts";
import type { MappingFile } from "./mapping.ts";
import { oaeiMappings } from "./oaei-mappings.ts";
import { isSssomTable, sssomJson, sssomTable } from "./sssom-mappings.ts";
import { isLogMap, logMapMappings, tableMappings } from "./table-mappings.ts";

/** A reference is read whole; the largest public ones are a tenth of this. */
const MAX_BYTES = 512 * 1024 * 1024;

/**
 * Reads mappings, whatever the file is called: a folder that `align` or `review export` wrote (its `alignments.csv`), SSSOM as
 * TSV, CSV or JSON, an alignment of the OAEI's format, LogMap's text, or a table (`id`, `cui`; Bio-ML's, Usagi's); each gzip or not.
 * @throws TermduetError `not-found`; `bad-input` for what is none of these, with the line.
 */
export async function readMappings(path: string): Promise<MappingFile> {
  const stats = await stat(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  if (stats.isDirectory()) return readMappings(join(path, "alignments.csv"));
  if (stats.size > MAX_BYTES)
    throw new TermduetError(
      "bad-input",
      `${path} is larger than ${MAX_BYTES / 1024 / 1024} MB, which no mapping file is`,
    );
  const text = textOf(
    path,
    await readFile(path).catch((cause: unknown) => Promise.reject(unreadable(path, cause))),
  );
  const start = text.trimStart();
  if (start === "") throw new TermduetError("bad-input", `${path} is empty`);
  if (start.startsWith("<") && !/^<https?:/.test(start)) return oaeiMappings(path, text);
  if (start.startsWith("{")) return sssomJson(path, text);
  if (isSssomTable(text)) return sssomTable(path, text);
  return isLogMap(text) ? logMapMappings(path, text) : tableMappings(path, text);
}

/** UTF-8 with or without its mark, UTF-16 with its mark; XML says its encoding itself. */
function textOf(path: string, stored: Buffer): string {
  const isGzip = stored[0] === 0x1f && stored[1] === 0x8b;
  let bytes = stored;
  if (isGzip) {
    try {
      bytes = gunzipSync(stored, { maxOutputLength: MAX_BYTES });
    } catch (cause) {
      throw new TermduetError("bad-input", `${path} is not a whole gzip file of at most 512 MB`, { cause });
    }
  }
  const [, declared] =
    /^<\?xml[^>]*encoding=["']([A-Za-z0-9._-]+)["']/.exec(bytes.toString("latin1", 0, 200)) ?? [];
  const marked =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? "utf-16le"
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? "utf-16be"
        : undefined;
  const encoding = marked ?? declared ?? "utf-8";
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new TermduetError("bad-input", `${path} is not in ${encoding}; save it as UTF-8`, { cause });
  }
}
