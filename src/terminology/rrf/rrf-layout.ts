import type { ByteSource } from "../files/byte-source.ts";
import { TermduetError } from "../termduet-error.ts";
import { CONTROL_TABLES, type ControlTable, RRF_TABLES, type RrfTable } from "./rrf-tables.ts";

/** A file that may be (a part of) a table: where it lies, and its bytes. */
export interface FoundFile {
  /** Folder, `""` for the top; files of one release lie in one folder, even when archives share it out. */
  folder: string;
  /** Name within the folder, e.g. `MRCONSO.RRF.aa.gz`. */
  file: string;
  source: ByteSource;
}

/** One table of a release, in one file or in parts. */
export interface TableFiles {
  table: RrfTable | ControlTable;
  /** For errors and rejects: the file's own name, or the name of the whole where there are parts. */
  name: string;
  parts: readonly ByteSource[];
  isGzip: boolean;
}

const ALL_TABLES = [...CONTROL_TABLES, ...RRF_TABLES];
const TABLE_FILE = new RegExp(`^(${ALL_TABLES.join("|")})\\.RRF(?:\\.((?!gz)[a-z]{2}))?(\\.gz)?$`, "i");

/** Whether a file's name is that of a table that is read, or of a part of one. */
export function isTableFile(file: string): boolean {
  return TABLE_FILE.test(file);
}

/**
 * Finds the tables of the one release among these files. Undefined when no folder holds MRCONSO; of several that do,
 * the one nearest to the top is taken. An error when two are equally near, or when a table in parts lacks one.
 * `where` is what the user gave, for the errors.
 */
export function findTables(found: readonly FoundFile[], where: string): TableFiles[] | undefined {
  const folders = Map.groupBy(found, ({ folder }) => folder);
  const releases = [...folders.keys()].filter((folder) => folders.get(folder)!.some(isConso));
  const nearest = Math.min(...releases.map(depthOf));
  const candidates = releases.filter((folder) => depthOf(folder) === nearest).sort();
  if (candidates.length > 1) {
    throw new TermduetError(
      "bad-input",
      `${where} holds more than one release (${candidates.join(", ")}): give one of them`,
    );
  }
  const files = folders.get(candidates[0] ?? "");
  return candidates.length === 0
    ? undefined
    : ALL_TABLES.flatMap((table) => assemble(table, files ?? []) ?? []);
}

/** Whether a file is MRCONSO or a part of it. */
export function isConso({ file }: { file: string }): boolean {
  return isTableFile(file) && /^(?:MR|RXN)CONSO/i.test(file);
}

function depthOf(folder: string): number {
  return folder === "" ? 0 : folder.split(/[\\/]/).length;
}

/** A table from its files. A whole file is taken before its parts, a plain one before a compressed one. */
function assemble(table: RrfTable | ControlTable, files: readonly FoundFile[]): TableFiles | undefined {
  const variants: Record<"plain" | "gzip" | "gzipParts" | "plainParts", Map<string, ByteSource>> = {
    plain: new Map(),
    gzip: new Map(),
    gzipParts: new Map(),
    plainParts: new Map(),
  };
  for (const { file, source } of files) {
    const match = TABLE_FILE.exec(file);
    if (match?.[1]?.toUpperCase() !== table) continue;
    const part = match[2]?.toLowerCase() ?? "";
    const kind = match[3] ? (part ? "gzipParts" : "gzip") : part ? "plainParts" : "plain";
    variants[kind].set(part, source);
  }
  for (const [kind, parts] of Object.entries(variants)) {
    const [first] = parts.values();
    if (!first) continue;
    const isGzip = kind.startsWith("gzip");
    if (!kind.endsWith("Parts")) return { table, name: first.name, parts: [first], isGzip };
    const whole = first.name.replace(/\.[a-z]{2}(\.gz)?$/i, "");
    return { table, name: whole, parts: inOrder(parts, whole, table === "MRCONSO"), isGzip };
  }
  return undefined;
}

/** Parts named aa, ab, … az, ba, … in that order; an error names the first that is missing. */
function inOrder(parts: ReadonlyMap<string, ByteSource>, name: string, isLarge: boolean): ByteSource[] {
  // MRCONSO never comes in one part alone; a smaller table may.
  if (isLarge && parts.size === 1)
    throw new TermduetError(
      "bad-input",
      `${name} comes in parts and only .${[...parts.keys()][0]} is there: copy or download the release again, all of its -meta.nlm archives too`,
    );
  return Array.from({ length: parts.size }, (_, index) => {
    const suffix = String.fromCharCode(0x61 + Math.floor(index / 26), 0x61 + (index % 26));
    const part = parts.get(suffix);
    if (part) return part;
    throw new TermduetError(
      "bad-input",
      `${name} comes in parts and part .${suffix} is missing: copy or download the release again`,
    );
  });
}
