import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { Command } from "commander";
import { isLoopback } from "../../../search-api/guards/host-guard.ts";
import { openStore } from "../../vector-store/open-store.ts";
import { releaseRecords } from "../../vector-store/release-record.ts";
import { encodersFolderOption, providerOption, storeOption } from "../common-options.ts";
import { sampleFolder } from "../paths.ts";
import { setting, whole } from "../settings.ts";
import { runIngest } from "./ingest-command.ts";
import { portsOf, type ServeOptions, serve } from "./serve-command.ts";

type StartOptions = Omit<ServeOptions, "rateLimit">;

const SAMPLE = { dataset: "sample", release: "1" };

export function startCommand(): Command {
  const command = new Command("start")
    .description("put the sample release in when the store is empty, then serve")
    .addOption(
      setting("--port <n>", "port; 0 for any free one")
        .argParser(whole("--port", 0, 65_535))
        .default(8080),
    )
    .addOption(setting("--host <address>", "address to listen on").default("127.0.0.1"));
  for (const add of [storeOption, providerOption, encodersFolderOption]) add(command);
  return command.action((options: StartOptions) => run({ ...options, ...portsOf(command) }));
}

async function run(options: StartOptions): Promise<void> {
  const env = withKey(options, process.env);
  if (await isEmpty(options.store)) {
    process.stderr.write(
      "the store is empty: putting the sample release in, which takes a minute the first time\n",
    );
    const { store, provider, encodersFolder } = options;
    // A first start that was stopped half way is gone on with, without a question.
    const ingest = {
      ...SAMPLE,
      store,
      provider,
      encodersFolder,
      maxRejectShare: 0,
      blockSize: 36_000,
      mode: "either" as const,
    };
    await runIngest(join(sampleFolder, "META"), ingest);
  }
  await serve({ ...options, rateLimit: 0, quiet: true }, env);
}

/** Where a key is needed and nobody gave one, a key is made and said: a first try ends with a page, not with an error. */
function withKey({ host }: StartOptions, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (env["NODE_ENV"] !== "production" || isLoopback(host) || env["TERMDUET_API_KEY"]) return env;
  const key = randomBytes(24).toString("base64url");
  process.stdout.write(
    `The key of this server, until it stops: ${key} (choose your own by TERMDUET_API_KEY)\n`,
  );
  return { ...env, TERMDUET_API_KEY: key };
}

async function isEmpty(url: string): Promise<boolean> {
  await using store = await openStore(url);
  return (await releaseRecords(store)).length === 0;
}
