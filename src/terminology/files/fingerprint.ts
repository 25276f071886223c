import { createHash } from "node:crypto";
import { readRange } from "./byte-source.ts";

/** A file on disk that a release is made of. */
export interface StoredFile {
  path: string;
  /** Name within the release, the same wherever the release lies. */
  name: string;
  bytes: number;
}

/** SHA-256 (hex) over names, sizes and contents, in order of name: the order of listing does not matter. */
export async function fingerprintOf(files: readonly StoredFile[], signal?: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  for (const file of files.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    // The JSON of name and size keeps two files from reading as one: a length before each content.
    hash.update(JSON.stringify([file.name, file.bytes]));
    for await (const chunk of readRange({ path: file.path, start: 0, end: file.bytes }, signal)) {
      hash.update(chunk);
    }
  }
  return hash.digest("hex");
}
