import { readdir } from "node:fs/promises";
import { basename, join, posix } from "node:path";
import { type ByteSource, fileSource } from "./byte-source.ts";
import { contentOf } from "./decompress.ts";
import { statOf } from "./file-access.ts";
import type { StoredFile } from "./fingerprint.ts";
import { listZip } from "./zip-archive.ts";

/** A file that may be part of a release: in a folder, or in a zip archive. */
export interface PartFile {
  /** Name without its folder, and without `.gz`. */
  file: string;
  /** Folder within what the user gave, with `/`; `""` for the top. */
  folder: string;
  source: ByteSource;
  isGzip: boolean;
  /** The file on disk that it lies in. */
  stored: StoredFile;
}

/** A release may be packed this many folders deep: `SnomedCT_…/Snapshot/Refset/Language`. */
const DEPTH = 5;
const MOST_FILES = 20_000;

/** The files of a folder and its subfolders, in order of name. */
export async function filesInFolder(root: string): Promise<PartFile[]> {
  const found: PartFile[] = [];
  const search = async (folder: string, depth: number): Promise<void> => {
    const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.name.startsWith(".") || found.length >= MOST_FILES) continue;
      const path = join(root, folder, entry.name);
      const stats = entry.isFile()
        ? await statOf(path)
        : entry.isSymbolicLink()
          ? await statOf(path).catch(() => undefined)
          : undefined;
      if (stats?.isFile()) {
        const stored = { path, name: posix.join(folder, entry.name), bytes: stats.size };
        found.push(partFile(folder, entry.name, fileSource(path, stats.size), stored));
      } else if (depth > 0 && (entry.isDirectory() || stats?.isDirectory())) {
        await search(posix.join(folder, entry.name), depth - 1);
      }
    }
  };
  await search("", DEPTH);
  return found;
}

/** The files of a zip archive; what macOS puts beside them is left out. */
export async function filesInZip(path: string, bytes: number): Promise<PartFile[]> {
  const stored = { path, name: basename(path), bytes };
  const isWanted = (member: string) => !/(?:^|\/)(?:__MACOSX\/|\._|\.)/.test(member);
  const { members } = await listZip({ path, start: 0, end: bytes }, path, isWanted);
  return members.map((member) => {
    const folder = posix.dirname(member.path);
    return partFile(folder === "." ? "" : folder, posix.basename(member.path), member.source, stored);
  });
}

/** The uncompressed bytes of a file. */
export function partContent({ source, isGzip }: PartFile, options: Parameters<ByteSource["read"]>[0]) {
  return contentOf({ parts: [source], isGzip }, options);
}

function partFile(folder: string, name: string, source: ByteSource, stored: StoredFile): PartFile {
  return { folder, file: name.replace(/\.gz$/i, ""), source, isGzip: /\.gz$/i.test(name), stored };
}
