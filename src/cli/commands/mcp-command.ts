import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { Command } from "commander";
import { ConceptLookup } from "../../../search-api/concepts/concept-lookup.ts";
import { Admission } from "../../../search-api/guards/admission.ts";
import { DEFAULT_LOAD } from "../../../search-api/limits.ts";
import { toolsOf } from "../../../search-api/mcp/mcp-route.ts";
import { mcpServer } from "../../../search-api/mcp/mcp-tools.ts";
import { SearchService } from "../../../search-api/search-service.ts";
import { promMetrics } from "../../../search-api/telemetry/prom-metrics.ts";
import type { Provider } from "../../encoder/providers.ts";
import { openExistingStore } from "../../vector-store/open-store.ts";
import {
  catalogueOf,
  datasetOption,
  encodersFolderOption,
  providerOption,
  storeOption,
} from "../common-options.ts";
import { openSearcher } from "../open-searcher.ts";
import { version } from "../paths.ts";

interface Options {
  store: string;
  dataset?: string;
  provider: Provider;
  encodersFolder: string;
}

/** `termduet mcp`: tools for an assistant that starts this process and talks to it over its standard streams. */
export function mcpCommand(): Command {
  const command = new Command("mcp");
  for (const add of [datasetOption, storeOption, providerOption, encodersFolderOption]) add(command);
  return command.action(run);
}

async function run(options: Options): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const store = stack.use(await openExistingStore(options.store));
  const { searcher } = stack.use(openSearcher(store, catalogueOf(options), options.provider));
  const { dataset } = options;
  await searcher.releases.resolve(dataset); // an empty store is said at once, not at the first question
  const now = (): number => performance.now();
  const admission = new Admission(DEFAULT_LOAD);
  const metrics = promMetrics(() => admission, { process: false });
  const searches = new SearchService({ searcher, admission, metrics, now, ...DEFAULT_LOAD });
  const concepts = new ConceptLookup({ store, releases: searcher.releases });
  const signal = new AbortController().signal;
  const call = { signal, remainingMs: () => DEFAULT_LOAD.deadlineMs };
  const server = mcpServer(toolsOf({ searches, concepts, store, searcher, dataset, version }, call));
  const closed = new Promise<void>((resolve) => {
    process.stdin.once("end", resolve);
    for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => resolve());
  });
  await server.connect(new StdioServerTransport());
  await closed;
  await server.close();
}
