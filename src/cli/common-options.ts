import { join, resolve } from "node:path";
import type { Command } from "commander";
import { EncoderCatalogue } from "../encoder/catalogue.ts";
import { PROVIDERS } from "../encoder/providers.ts";
import { userFolder } from "../machine/user-folder.ts";
import { bundledEncoders } from "./paths.ts";
import { setting, share, whole } from "./settings.ts";

const DEFAULT_STORE = "lancedb:.termduet";

export function storeOption(command: Command): Command {
  return command.addOption(
    setting("--store <url>", "where vectors live: lancedb:PATH or qdrant+http://HOST:6333").default(
      DEFAULT_STORE,
    ),
  );
}

export function providerOption(command: Command): Command {
  const option = setting("--provider <name>", "execution provider of the encoders")
    .choices(PROVIDERS)
    .default("cpu");
  return command.addOption(option);
}

export function datasetOption(command: Command): Command {
  return command.addOption(
    setting("--dataset <name>", "dataset to search; may be left out where the store holds one"),
  );
}

export function encodersFolderOption(command: Command): Command {
  const option = setting("--encoders-folder <path>", "where encoders that were added live").default(
    join(userFolder(), "encoders"),
  );
  return command.addOption(option);
}

/** How the matcher of `align` is fitted, wherever it is. */
export function matcherFitOptions(command: Command): Command {
  return command
    .addOption(
      setting("--entries <n>", "entries to make of the release's names, for the matcher")
        .argParser(whole("--entries", 100, 100_000))
        .default(1600),
    )
    .addOption(
      setting("--precision <share>", "precision that `align --choose precision` is to reach")
        .argParser(share("--precision"))
        .default(0.95),
    );
}

export function catalogueOf({ encodersFolder }: { encodersFolder: string }): EncoderCatalogue {
  return new EncoderCatalogue([bundledEncoders, encodersFolder]);
}

/** Folder for work files and rejects: beside the embedded store, else in the working directory. */
export function localFolder(storeUrl: string): string {
  return resolve(storeUrl.startsWith("lancedb:") ? storeUrl.slice("lancedb:".length) : ".termduet");
}
