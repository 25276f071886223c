import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** Tables of terms of a small terminology: release `r` shares most terms with the others. */
export function writeTable(folder: string, release: string, terms = 600): string {
  const path = join(folder, `terms-${release}.tsv`);
  const rows = Array.from({ length: terms }, (_, i) => {
    const word = i % 10 === 0 ? `only ${release}` : "shared";
    return `T${String(i).padStart(5, "0")}\t${word} disease number ${i} of the ${["heart", "lung", "skin"][i % 3]}\ten`;
  });
  writeFileSync(path, `id\tterm\tlang\n${rows.join("\n")}\n`);
  return path;
}
