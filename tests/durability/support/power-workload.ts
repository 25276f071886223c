// A process that does one thing after the other on a disk that will lose its power, and says of each when it is acknowledged.
import { writeSync } from "node:fs";
import { join } from "node:path";
import { main } from "../../../src/cli/main.ts";
import { RatingsDatabase } from "../../../src/review/ratings-database.ts";

const [disk, encoder, tables] = process.argv.slice(2) as [string, string, string];
const store = ["--store", `lancedb:${join(disk, "store")}`];

async function run(...args: string[]): Promise<void> {
  const code = await main(args);
  if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}`);
}

function acknowledged(what: string): void {
  writeSync(1, `ACK ${what}\n`);
}

function rate(from: number, to: number): void {
  using ratings = RatingsDatabase.open(join(disk, "ratings.sqlite"));
  for (let i = from; i < to; i++) {
    ratings.add([{ id: `r${i}`, entry: `e${i}`, cui: "C1", reviewer: "Ada", rating: i % 6 }]);
    acknowledged(`rating r${i}`);
  }
}

const ingest = ["--encoder", encoder, "--dataset", "d", "--block-size", "200", "--workers", "1", "--quiet"];
for (const release of ["1", "2", "3"]) {
  await run("ingest", join(tables, `terms-${release}.tsv`), "--release", release, ...ingest, ...store);
  acknowledged(`release ${release}`);
  const number = Number(release);
  rate(20 * number, 20 * number + 20);
  await run("keys", "create", `k${release}`, "--file", join(disk, "keys"));
  acknowledged(`key k${release}`);
  if (number > 1) {
    await run("releases", "activate", "d", "1", ...store);
    acknowledged("active 1");
    await run("releases", "activate", "d", release, ...store);
    acknowledged(`active ${release}`);
  }
}
acknowledged("end");
