/**
 * Builds the sample release: reads `concepts/*.txt`, checks every line, and writes `META/*.RRF` in UMLS Rich Release
 * Format. The same sources give the same bytes, on any machine.
 *
 *     node sample/build.ts            writes sample/META
 *     node sample/build.ts --check    writes nothing; fails when sample/META is not what the sources give
 *
 * The format of the sources is told in README.md.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkConcepts } from "./builder/check-concepts.ts";
import { checkAmbiguity, checkTables } from "./builder/check-tables.ts";
import { checkAtoms, makeAtoms } from "./builder/make-atoms.ts";
import { makeFiles } from "./builder/make-files.ts";
import { compare } from "./builder/model.ts";
import { fail, stopIfProblems } from "./builder/problems.ts";
import { readConcepts, SAMPLE } from "./builder/read-concepts.ts";

function tally<T>(items: T[], key: (item: T) => string): string {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1);
  return [...counts]
    .toSorted(([a], [b]) => compare(a, b))
    .map(([name, count]) => `${name} ${String(count)}`)
    .join(", ");
}

function main(): void {
  const check = process.argv.includes("--check");
  const concepts = readConcepts();
  stopIfProblems();
  const bySlug = checkConcepts(concepts);
  const atoms = concepts.flatMap(makeAtoms);
  checkAtoms(atoms, concepts);
  const ambiguous = checkAmbiguity(atoms, concepts);
  checkTables(concepts);
  stopIfProblems();
  const files = makeFiles(concepts, bySlug, atoms);
  const meta = join(SAMPLE, "META");
  if (check) {
    for (const [name, text] of files) {
      const file = join(meta, name);
      if (!existsSync(file) || readFileSync(file, "utf8") !== text)
        fail(
          { file: `sample/META/${name}`, line: 1 },
          "is not what the sources give: run 'node sample/build.ts'",
        );
    }
    stopIfProblems();
  } else {
    mkdirSync(meta, { recursive: true });
    for (const [name, text] of files) writeFileSync(join(meta, name), text);
  }
  const definitions = concepts.flatMap((concept) => concept.definitions);
  console.log(
    `concepts ${String(concepts.length)} (${String(concepts.filter(({ cui }) => cui.startsWith("C98")).length)} with a CUI of our own)`,
  );
  console.log(
    `atoms ${String(atoms.length)}: ${tally(atoms, ({ lat }) => lat)}; ${tally(atoms, ({ sab }) => sab)}`,
  );
  console.log(
    `term types ${tally(atoms, ({ tty }) => tty)}; suppress ${tally(atoms, ({ suppress }) => suppress)}`,
  );
  console.log(
    `distinct strings ${String(new Set(atoms.map(({ str }) => str)).size)}; ambiguous ${String(ambiguous.length)}`,
  );
  console.log(`definitions ${tally(definitions, ({ lang }) => lang)}`);
  for (const [name, text] of files)
    console.log(
      `${name} ${String(text.split("\n").length - 1)} rows, ${String(Buffer.byteLength(text))} bytes`,
    );
}

main();
