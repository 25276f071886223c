import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileSource } from "../files/byte-source.ts";
import { statOf } from "../files/file-access.ts";
import type { StoredFile } from "../files/fingerprint.ts";
import { type FoundFile, isTableFile } from "./rrf-layout.ts";

/** A release may lie this many folders below the folder that the user gives: `./2026AA/META`. */
const DEPTH = 2;

export interface FoundDirectory {
  /** Files that may be tables. */
  tables: FoundFile[];
  /** The `.nlm` archives of an unpacked full release. */
  archives: StoredFile[];
}

/** Looks for tables and `.nlm` archives in a folder and, two levels down, in its subfolders. */
export async function searchDirectory(root: string): Promise<FoundDirectory> {
  const found: FoundDirectory = { tables: [], archives: [] };
  await search(root, DEPTH, found);
  return found;
}

async function search(folder: string, depth: number, found: FoundDirectory): Promise<void> {
  for (const entry of await list(folder)) {
    const path = join(folder, entry.name);
    const isTable = isTableFile(entry.name);
    if (isTable || /-meta\.nlm$/i.test(entry.name)) {
      const { size } = await statOf(path); // follows links, unlike the directory's entry
      if (isTable) found.tables.push({ folder, file: entry.name, source: fileSource(path, size) });
      else found.archives.push({ path, name: entry.name, bytes: size });
    } else if (depth > 0 && (entry.isDirectory() || entry.isSymbolicLink())) {
      await search(path, depth - 1, found);
    }
  }
}

/** What a folder holds, in order of name; nothing where it is no folder or may not be read. */
async function list(folder: string): Promise<Dirent[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return [];
  }
}
