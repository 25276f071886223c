import { basename } from "node:path";
import { fileSource } from "./files/byte-source.ts";
import { startsGzip } from "./files/decompress.ts";
import { firstBytes, statOf } from "./files/file-access.ts";
import type { StoredFile } from "./files/fingerprint.ts";
import { filesInFolder, filesInZip } from "./files/stored-files.ts";
import type { TextEncoding } from "./files/text-encoding.ts";
import { openParts, openSingle } from "./open-parts.ts";
import type { ReleaseSource } from "./release-source.ts";
import { findTables, isConso, isTableFile } from "./rrf/rrf-layout.ts";
import { RrfRelease } from "./rrf/rrf-release.ts";
import { type ArchiveOptions, type OpenedArchive, openArchive } from "./rrf/umls-archive.ts";
import { searchDirectory } from "./rrf/umls-directory.ts";
import { TermduetError } from "./termduet-error.ts";

const KINDS =
  "a META folder, an MRCONSO.RRF (plain or .gz), a UMLS release zip, a SNOMED CT RF2, OMOP, RxNorm or LOINC folder or zip, an .obo, .owl, .rdf, .ttl, an OBO-graph or FHIR CodeSystem .json, a ClaML .xml, or a .tsv, .csv or .xlsx of terms";

export interface OpenOptions extends ArchiveOptions {
  /** Of a table or an OBO file without byte order mark; found by itself where it is left out. */
  encoding?: TextEncoding | undefined;
}

/**
 * Opens a terminology for reading, in whatever form it comes: a folder with the tables of a release (itself, or at
 * most two levels down), one `MRCONSO.RRF`, a UMLS zip or `.nlm`; a folder or zip of SNOMED CT RF2, OMOP, RxNorm, LOINC; an
 * ontology or thesaurus in `.obo`, OBO-graph `.json`, `.owl`, `.rdf`, `.ttl`; ClaML, FHIR CodeSystem; `.tsv`, `.csv`, `.xlsx`; the
 * single files also with `.gz` or alone in a zip. A single MRCONSO is read alone: tables beside it come in when the folder is given.
 * Archives are known by their content, all else by name. Dispose of the source when done: it may hold temporary files.
 * @throws TermduetError `not-found` when nothing is there, `bad-input` when it is nothing that can be read,
 *   `no-space` when an archive within the archive cannot be unpacked.
 */
export async function openRelease(path: string, options: OpenOptions = {}): Promise<ReleaseSource> {
  const stats = await statOf(path);
  if (stats.isDirectory()) return await openDirectory(path, options);
  if (!stats.isFile()) throw new TermduetError("bad-input", `${path} is no file and no folder`);
  if (stats.size === 0) throw new TermduetError("bad-input", `${path} is empty: give ${KINDS}`);
  const stored = { path, name: basename(path), bytes: stats.size };
  const head = await firstBytes(path, 4);
  if (startsZip(head) || /\.(zip|nlm)$/i.test(path)) {
    const archive = await openArchive({ path, start: 0, end: stats.size }, path, options);
    return (
      (await release([archive], path, [stored])) ?? (await openZipParts(path, stored.bytes, archive, options))
    );
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
  if (isTableFile(stored.name) || /\.rrf$/i.test(bare))
    return new RrfRelease(
      [{ table: consoTable(stored.name), name: path, parts: [file.source], isGzip }],
      [stored],
    );
  const opened = await openSingle(file, basename(bare), options.encoding);
  if (opened) return opened;
  throw new TermduetError("bad-input", `${path} is of no kind that can be read: give ${KINDS}`);
}

/** What a zip holds that is no UMLS. */
async function openZipParts(
  path: string,
  bytes: number,
  archive: OpenedArchive,
  options: OpenOptions,
): Promise<ReleaseSource> {
  await archive.close();
  const { paths } = archive;
  const found = await openParts(await filesInZip(path, bytes), path, options.encoding);
  if (found) return found;
  const holds = paths.length === 0 ? "it is empty" : `it holds ${paths.slice(0, 5).join(", ")}`;
  const more = paths.length > 5 ? ` and ${paths.length - 5} more` : "";
  throw new TermduetError(
    "bad-input",
    `${path} holds no MRCONSO.RRF and nothing else that can be read (${holds}${more}): give ${KINDS}`,
  );
}

async function openDirectory(path: string, options: OpenOptions): Promise<ReleaseSource> {
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
    const opened = await openParts(await filesInFolder(path), path, options.encoding);
    if (opened) return opened;
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
  const found = await release(opened, path, archives);
  if (found) return found;
  await closeAll(opened);
  throw new TermduetError("bad-input", `${path} holds no MRCONSO.RRF in its archives: give ${KINDS}`);
}

/** The release that lies in these archives together; undefined when none of them holds names. */
async function release(
  archives: readonly OpenedArchive[],
  path: string,
  stored: readonly StoredFile[],
): Promise<ReleaseSource | undefined> {
  try {
    const tables = findTables(
      archives.flatMap(({ found }) => found),
      path,
    );
    return tables && new RrfRelease(tables, stored, () => closeAll(archives));
  } catch (error) {
    await closeAll(archives);
    throw error;
  }
}

async function closeAll(archives: readonly OpenedArchive[]): Promise<void> {
  await Promise.all(archives.map((archive) => archive.close()));
}

function consoTable(name: string): "MRCONSO" | "RXNCONSO" {
  return /^RXN/i.test(name) ? "RXNCONSO" : "MRCONSO";
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
