import type { Logger } from "pino";
import type { VectorStore } from "../src/vector-store/vector-store.ts";
import type { LoadLimits } from "./limits.ts";
import type { ReviewDesk } from "./review/review-desk.ts";
import type { SearchService } from "./search-service.ts";

/** All that the app needs from outside. */
export interface AppDeps {
  searcher: SearchService;
  store: VectorStore;
  log: Logger;
  /** The alignment that is reviewed here, if one is. */
  review?: ReviewDesk;
  /** Monotonic milliseconds. */
  now: () => number;
  newId: () => string;
  load: LoadLimits;
  /** Version of this program. */
  version: string;
  /** Folder of the web page's files. */
  webFolder: string;
  /** Names under which the server may be called besides those of this machine; absent: any. */
  allowedHosts?: readonly string[];
  /** Requests a minute from one address; 0 for no limit. */
  rateLimit: number;
  /** Whether `/metrics` tells of the process too. */
  processMetrics: boolean;
}
