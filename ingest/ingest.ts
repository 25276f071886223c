import { TermduetError } from "../src/terminology/termduet-error.ts";
import type { IngestOptions, IngestSummary } from "./ingest-options.ts";
import { IngestRun } from "./ingest-run.ts";

export type { IngestOptions, IngestSummary } from "./ingest-options.ts";

/**
 * Ingests a release beside the active one, verifies it and makes it the active one in one step. Whatever goes wrong
 * before that step leaves the active release untouched; after a kill, `mode: "resume"` goes on.
 *
 * The steps, each of which the journal marks as done: **read** divides the release's rows by concept (`read/`), **join** makes
 * concepts of them and divides their atoms by string (`join/`), **write** encodes the strings and definitions and fills the
 * collections (`write/`), **finish** builds the indexes, verifies, and switches the aliases (`finish/`).
 */
export async function ingest(options: IngestOptions): Promise<IngestSummary> {
  if (options.shard && !options.shard.isWhole && !options.store.parallel) {
    throw new TermduetError(
      "usage",
      `--part needs a store that several processes may write to, and ${options.store.url} is not one; use qdrant+http://HOST:6333`,
    );
  }
  await using run = await IngestRun.open(options);
  if (options.dryRun) return await run.countRows();
  const done = await run.plan();
  if (done) return done;
  const read = await run.read();
  const joined = await run.join(read);
  const written = await run.write(read, joined);
  return await run.finish(read, joined, written);
}
