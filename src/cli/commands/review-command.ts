import { existsSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { isLoopback } from "../../../search-api/guards/host-guard.ts";
import { OutputFolder, RATINGS_FILE } from "../../alignment/output-folder.ts";
import { UNSPECIFIED_LICENSE } from "../../alignment/sssom-file.ts";
import { readRatingsCsv } from "../../review/ratings-csv.ts";
import { RatingsDatabase } from "../../review/ratings-database.ts";
import { openReviewSheet } from "../../review/review-sheet.ts";
import { writeReviewed } from "../../review/write-reviewed.ts";
import { TermduetError } from "../../terminology/termduet-error.ts";
import { openExistingStore } from "../../vector-store/open-store.ts";
import { storeOption } from "../common-options.ts";
import { version } from "../paths.ts";
import { grouped } from "../progress-line.ts";
import { setting, whole } from "../settings.ts";
import { portsOf, type ServeOptions, serve, serveCommand } from "./serve-command.ts";

/** `termduet review DIR`: serves as `serve` does, with the review of an alignment; and its ratings in and out. */
export function reviewCommand(): Command {
  const command = serveCommand()
    .name("review")
    .description("rate the pairs of an alignment in the browser, alone or with others")
    .argument("<dir>", "folder that `termduet align` made; the ratings are kept in it")
    .action((dir: string, options: ServeOptions) =>
      // A person at a terminal wants the address, not a log.
      serve({
        ...options,
        ...portsOf(command),
        quiet: options.quiet ?? isLoopback(options.host),
        review: dir,
      }),
    );
  command.addCommand(exportCommand());
  command.addCommand(importCommand());
  return command;
}

interface ExportOptions {
  out: string;
  store: string;
  minRating: number;
  license: string;
  force?: boolean;
}

function exportCommand(): Command {
  const command = new Command("export")
    .description("write the alignment anew with the reviewers' ratings before the calibrated ones")
    .argument("<dir>", "folder of the reviewed alignment; it stays as it is")
    .requiredOption("--out <dir>", "folder for the results; it appears whole or not at all")
    .addOption(
      setting("--min-rating <n>", "pairs rated lower are no mappings in the SSSOM and RDF files")
        .argParser(whole("--min-rating", 0, 5))
        .default(1),
    )
    .addOption(setting("--license <iri>", "licence of the mappings").default(UNSPECIFIED_LICENSE))
    .option("--force", "replace the files that --out holds");
  return storeOption(command).action(async (dir: string, options: ExportOptions) => {
    // `review` has the same option, and takes it from the line before this command sees it.
    const { parent } = command;
    const named =
      parent?.getOptionValueSource("store") === "cli" ? parent.opts<ExportOptions>().store : options.store;
    const sheet = await openReviewSheet(dir);
    using ratings = openRatings(dir);
    await using store = await openExistingStore(named);
    using folder = OutputFolder.begin(options.out, options.force ?? false);
    const { minRating, license } = options;
    const given = ratings.current();
    const summary = await writeReviewed(folder, sheet, given, store, { minRating, license, version });
    folder.commit();
    const counted = Object.entries(summary.ratings["complementarity"]!).map(
      ([rating, n]) => `@${rating} ${grouped(n)}`,
    );
    process.stdout.write(
      `${grouped(given.length)} ratings over ${grouped(sheet.entries.length)} entries; now ${counted.join(", ")}\nresults are in ${folder.folder}\n`,
    );
  });
}

function importCommand(): Command {
  return new Command("import")
    .description("take ratings from a table: id, cui, reviewer, rating, and optionally at, rating_id")
    .argument("<dir>", "folder of the alignment")
    .argument("<file>", ".csv or .tsv with a header")
    .action(async (dir: string, file: string) => {
      const sheet = await openReviewSheet(dir);
      const events = await readRatingsCsv(file, sheet, new Date().toISOString());
      using ratings = RatingsDatabase.open(join(dir, RATINGS_FILE));
      const { added, known } = ratings.add(events);
      process.stdout.write(`${grouped(added)} ratings imported, ${grouped(known)} were known already\n`);
    });
}

/** Errors: `not-found` where nothing has been rated: an export would be a copy. */
function openRatings(dir: string): RatingsDatabase {
  const path = join(dir, RATINGS_FILE);
  if (existsSync(path)) return RatingsDatabase.open(path);
  throw new TermduetError(
    "not-found",
    `${dir} holds no ratings yet; rate with \`termduet review ${dir}\`, or import some`,
  );
}
