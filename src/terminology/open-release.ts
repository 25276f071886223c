import { basename } from "node:path";
import { fileSource } from "./files/byte-source.ts";
import { startsGzip } from "./files/decompress.ts";
import { firstBytes, statOf } from "./files/file-access.ts";
import type { StoredFile } from "./files/fingerprint.ts";
import { OboRelease } from "./obo/obo-release.ts";
import { ObographRelease } from "./obo/obograph-release.ts";
import { RdfRelease } from "./rdf/rdf-release.ts";
import type { ReleaseSource } from "./release-source.ts";
import { findTables, isConso, isTableFile } from "./rrf/rrf-layout.ts";
import { RrfRelease } from "./rrf/rrf-release.ts";
import { type ArchiveOptions, type OpenedArchive, openArchive } from "./rrf/umls-archive.ts";
import { searchDirectory } from "./rrf/umls-directory.ts";
import { TableRelease } from "./table/table-release.ts";
import { TermduetError } from "./termduet-error.ts";

const KINDS =
  "a META folder, an MRCONSO.RRF (plain or .gz), a UMLS release zip, an .obo, an OBO-graph .json, or a .tsv or .csv of terms";

/**
 * Opens a terminology for reading, in whatever form it comes: a folder with the tables of a release (itself, or at
 * most two levels down), one `MRCONSO.RRF`, a UMLS zip or `.nlm`, `.obo`, OBO-graph `.json`, `.tsv`, `.csv`; the single
 * files also with `.gz`. A single MRCONSO is read alone: tables beside it come in when the folder is given.
 * Archives are known by their content, all else by name. Dispose of the source when done: it may hold temporary files.
 * @throws TermduetError `not-found` when nothing is there, `bad-input` when it is nothing that can be read,
 *   `no-space` when an archive within the archive cannot be unpacked.
 */
export async function openRelease(path: string, options: ArchiveOptions = {}): Promise<ReleaseSource> {
  const stats = await statOf(path);
  if (stats.isDirectory()) return await openDirectory(path, options);
  if (!stats.isFile()) throw new TermduetError("bad-input", `${path} is no file and no folder`);
  if (stats.size === 0) throw new TermduetError("bad-input", `${path} is empty: give ${KINDS}`);
  const stored = { path, name: basename(path), bytes: stats.size };
  const head = await firstBytes(path, 4);
  if (startsZip(head) || /\.(zip|nlm)$/i.test(path)) {
    const archive = await openArchive({ path, start: 0, end: stats.size }, path, options);
    return release([archive], path, [stored]);
  }
  const isGzip = startsGzip(head);
  if (!isGzip && /\.gz$/i.test(path)) {
    throw new TermduetError(
      "bad-input",
      `${path} is no gzip file although it is called .gz: copy or download it again`,
    );
  }
  const file = { source: fileSource(path, stats.size), isGzip, stored };
  const bare = path.replace(/\.gz$/i, "");
  if (isTableFile(stored.name)) checkConso(path, stored.name);
  switch (/\.([a-z]+)$/i.exec(bare)?.[1]?.toLowerCase()) {
    case "rrf":
      return new RrfRelease([{ table: "MRCONSO", name: path, parts: [file.source], isGzip }], [stored]);
    case "obo":
      return new OboRelease(file);
    case "owl":
    case "rdf":
    case "xml":
    case "ttl":
    case "nt":
    case "skos":
      return new RdfRelease(file);
    case "json":
      return new ObographRelease(file);
    case "tsv":
      return new TableRelease(file, "tsv");
    case "csv":
      return new TableRelease(file, "csv");
    default:
      throw new TermduetError("bad-input", `${path} is of no kind that can be read: give ${KINDS}`);
  }
}

async function openDirectory(path: string, options: ArchiveOptions): Promise<ReleaseSource> {
  const { tables, archives } = await searchDirectory(path);
  if (tables.some(isConso)) {
    const found = findTables(tables, path) ?? [];
    const used = new Set(found.flatMap(({ parts }) => parts));
    const stored = tables.filter(({ source }) => used.has(source));
    return new RrfRelease(
      found,
      stored.map(({ file, source }) => ({ path: source.name, name: file, bytes: source.bytes })),
    );
  }
  if (archives.length === 0) {
    throw new TermduetError(
      "not-found",
      `${path} holds no MRCONSO.RRF, itself or two folders down: give ${KINDS}`,
    );
  }
  const opened: OpenedArchive[] = [];
  try {
    for (const { path, bytes } of archives) {
      opened.push(await openArchive({ path, start: 0, end: bytes }, path, options));
    }
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
  return await release(opened, path, archives);
}

/** The release that lies in these archives together. */
async function release(
  archives: readonly OpenedArchive[],
  path: string,
  stored: readonly StoredFile[],
): Promise<ReleaseSource> {
  try {
    const tables = findTables(
      archives.flatMap(({ found }) => found),
      path,
    );
    if (tables) return new RrfRelease(tables, stored, () => closeAll(archives));
    const paths = archives.flatMap(({ paths }) => paths);
    const holds = paths.length === 0 ? "it is empty" : `it holds ${paths.slice(0, 5).join(", ")}`;
    const more = paths.length > 5 ? ` and ${paths.length - 5} more` : "";
    throw new TermduetError(
      "bad-input",
      `${path} holds no MRCONSO.RRF (${holds}${more}): give a UMLS release zip`,
    );
  } catch (error) {
    await closeAll(archives);
    throw error;
  }
}

async function closeAll(archives: readonly OpenedArchive[]): Promise<void> {
  await Promise.all(archives.map((archive) => archive.close()));
}

/** A part of MRCONSO, or another table, is no terminology by itself. */
function checkConso(path: string, name: string): void {
  if (/\.RRF\.[a-z]{2}(\.gz)?$/i.test(name) && !/\.RRF\.gz$/i.test(name)) {
    throw new TermduetError(
      "bad-input",
      `${path} is one part of several: give the folder that holds them all`,
    );
  }
  if (!isConso({ file: name })) {
    throw new TermduetError(
      "bad-input",
      `${path} is not MRCONSO.RRF, which holds the names: give that, or its folder`,
    );
  }
}

/** A member's header, or the end record of an archive without members. */
function startsZip(head: Buffer): boolean {
  return head.toString("latin1").startsWith("PK\x03\x04") || head.toString("latin1") === "PK\x05\x06";
}
