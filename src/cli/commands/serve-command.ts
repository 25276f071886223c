import { randomUUID } from "node:crypto";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { type Logger, pino } from "pino";
import { createApp } from "../../../search-api/create-app.ts";
import { isLoopback } from "../../../search-api/guards/host-guard.ts";
import { DEFAULT_LOAD } from "../../../search-api/limits.ts";
import { ReviewService } from "../../../search-api/review/review-service.ts";
import { type RunningServer, startServer } from "../../../search-api/server.ts";
import { tracingFrom } from "../../../search-api/telemetry/tracing.ts";
import type { Provider } from "../../encoder/providers.ts";
import type { Searcher } from "../../retrieval/searcher.ts";
import { TermduetError } from "../../terminology/termduet-error.ts";
import { openExistingStore } from "../../vector-store/open-store.ts";
import type { ReleaseRecord } from "../../vector-store/release-record.ts";
import {
  catalogueOf,
  datasetOption,
  encodersFolderOption,
  providerOption,
  storeOption,
} from "../common-options.ts";
import { openSearcher } from "../open-searcher.ts";
import { packageRoot, version } from "../paths.ts";
import { grouped } from "../progress-line.ts";
import { type GuardOptions, guardOptions, keysOf, mapsOf } from "../serve-guards.ts";
import { list, setting, whole } from "../settings.ts";

/** What `serve` needs to know; commands that serve after something else give it too. */
export interface ServeOptions extends GuardOptions {
  store: string;
  encodersFolder: string;
  provider: Provider;
  port: number;
  /** How many further ports are tried where that one is taken: none where somebody chose it. */
  morePorts?: number;
  /** Names, besides this machine's own, under which the server may be called. */
  allowedHosts?: string[];
  /** Requests a minute from one address; 0 for no limit. */
  rateLimit: number;
  quiet?: boolean;
  /** Folder of an alignment that is reviewed. */
  review?: string;
}

const GRACE_MS = 10_000;

export function serveCommand(): Command {
  const command = new Command("serve")
    .description("serve the search API and the web page")
    .addOption(
      setting("--port <n>", "port; 0 for any free one")
        .argParser(whole("--port", 0, 65_535))
        .default(8080),
    )
    .addOption(
      setting("--host <address>", "address to listen on; 0.0.0.0 lets others in").default("127.0.0.1"),
    )
    .addOption(
      setting(
        "--allowed-hosts <list>",
        "names by which the server is called; a server on loopback is by this machine's own too",
      ).argParser(list),
    )
    .addOption(
      setting("--rate-limit <n>", "requests a minute from one address; 0 for no limit")
        .argParser(whole("--rate-limit", 0, 1_000_000))
        .default(0),
    )
    .option("--quiet", "no log");
  for (const add of [guardOptions, datasetOption, storeOption, providerOption, encodersFolderOption])
    add(command);
  return command.action((options: ServeOptions) => serve({ ...options, ...portsOf(command) }));
}

/** Where nobody chose a port, the next free one will do: a second server beside a first is no mistake. */
export function portsOf(command: Command): Pick<ServeOptions, "morePorts"> {
  return command.getOptionValueSource("port") === "default" ? { morePorts: 20 } : {};
}

/**
 * Serves until the process is told to stop (SIGINT, SIGTERM, SIGHUP): then nothing new is accepted, what is being answered is
 * answered, and the encoders end. A second signal does not wait.
 * Errors: `unavailable` for a port in use, `not-found` for a store without a release, `incompatible` when none of its
 * releases was made by encoders that are here.
 */
export async function serve(options: ServeOptions, env: NodeJS.ProcessEnv = process.env): Promise<void> {
  const keys = keysOf(options, env);
  const maps = mapsOf(options);
  const log = pino({ level: options.quiet ? "silent" : "info", base: null }, process.stderr);
  await using stack = new AsyncDisposableStack();
  const store = stack.use(await openExistingStore(options.store));
  const { searcher } = stack.use(openSearcher(store, catalogueOf(options), options.provider));
  const review =
    options.review === undefined ? undefined : stack.use(await ReviewService.open(options.review));
  const tracing = await tracingFrom(process.env, version);
  if (tracing) stack.use(tracing);
  const background = stack.use(new DisposableStack());
  const ready = Promise.withResolvers<void>();
  const { corsOrigins, trustedProxies, dataset, recallCanary = 0 } = options;
  const app = createApp({
    searcher,
    store,
    ...(review ? { review } : {}),
    log,
    now: () => performance.now(),
    newId: randomUUID,
    load: { ...DEFAULT_LOAD, concurrent: Math.max(4, 2 * availableParallelism()) },
    version,
    webFolder: join(packageRoot, "search-api", "web"),
    ...(isLoopback(options.host) || options.allowedHosts ? { allowedHosts: options.allowedHosts ?? [] } : {}),
    keys,
    maps,
    ...(corsOrigins ? { corsOrigins } : {}),
    ...(trustedProxies ? { trustedProxies } : {}),
    ...(dataset === undefined ? {} : { dataset }),
    ...(tracing ? { tracing } : {}),
    background: { canaryMs: 60_000 * recallCanary, stack: background, ready: ready.promise },
    rateLimit: options.rateLimit,
    processMetrics: true,
  });
  const { port, host, morePorts = 0 } = options;
  const stopped = stopSignal();
  const server = stack.use(
    await startServer({ app, host, port, morePorts, graceMs: GRACE_MS, newId: randomUUID }),
  );
  const releases = await Promise.race([warm(searcher, store.url, log), stopped]);
  if (releases === "stop") return;
  process.stdout.write(readyLine(server, releases));
  ready.resolve();
  if (review) process.stdout.write(`The review is at ${server.url}/review\n`);
  log.info({ host, port: server.port, version }, "ready");
  if (!isLoopback(host) && keys.size === 0)
    log.warn({ host }, "anyone who reaches this address can search; see termduet keys create");
  if (!isLoopback(host) && !options.allowedHosts)
    log.warn({ host }, "any Host is answered; name the server's own by --allowed-hosts");
  await stopped;
  log.info("stopping");
}

/** Loads what searches need, so that the first one is as fast as the next. Gives the releases that can be searched. */
async function warm(searcher: Searcher, storeUrl: string, log: Logger): Promise<ReleaseRecord[]> {
  const active = await searcher.releases.all();
  if (active.length === 0) {
    throw new TermduetError(
      "not-found",
      `the store ${storeUrl} holds no release; run \`termduet ingest SOURCE --dataset D --release R\` first`,
    );
  }
  const usable: ReleaseRecord[] = [];
  let failure: unknown;
  for (const record of active) {
    const { dataset, release } = record;
    try {
      // The second looks like a code: codes and CUIs have indexes of their own, which are read when first asked.
      await searcher.search({ queries: ["warm", "C0000000"], k: 1, dataset });
      // Without it the usual measure of what is near is taken.
      await searcher.learnCloseness(dataset).catch(() => undefined);
      usable.push(record);
    } catch (error) {
      failure ??= error;
      const reason = error instanceof TermduetError ? error.message : "unexpected";
      log.warn({ dataset, release, reason }, "this release can't be searched");
    }
  }
  if (usable.length === 0) throw failure;
  return usable;
}

function readyLine({ url }: RunningServer, releases: readonly ReleaseRecord[]): string {
  const held = releases.map(({ dataset, release, counts }) => {
    return `${dataset} ${release}, ${grouped(counts.strings)} strings`;
  });
  return `Termduet is at ${url} (${held.join("; ")})\n`;
}

/** Resolves at the first signal to stop; the second ends the process at once. */
function stopSignal(): Promise<"stop"> {
  return new Promise((resolve) => {
    let told = false;
    const stop = (): void => {
      if (told) process.exit(1);
      told = true;
      resolve("stop");
    };
    if (process.env["TERMDUET_LAUNCHED"]) whenOrphaned(stop);
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
  });
}

const LOOK_MS = 1_000;

/** Of a launcher that was killed nobody is told: the parent is another then. */
function whenOrphaned(stop: () => void): void {
  const { ppid } = process;
  const timer = setInterval(() => {
    if (process.ppid === ppid) return;
    clearInterval(timer);
    stop();
  }, LOOK_MS).unref();
}
