import type { Logger } from "pino";
import type { VectorStore } from "../src/vector-store/vector-store.ts";
import type { AlignmentMap } from "./fhir/concept-maps.ts";
import type { ApiKeys } from "./guards/api-keys.ts";
import type { LoadLimits } from "./limits.ts";
import type { ReviewService } from "./review/review-service.ts";
import type { SearchBackend } from "./search-backend.ts";
import type { Tracing } from "./telemetry/tracing.ts";

/** All that the app needs from outside. */
export interface AppDeps {
  searcher: SearchBackend;
  store: VectorStore;
  log: Logger;
  /** The alignment that is reviewed here, if one is. */
  review?: ReviewService;
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
  /** Keys that are accepted; absent or empty: anyone may ask. */
  keys?: ApiKeys;
  /** The dataset that doors without such a parameter look into. */
  dataset?: string;
  /** Alignments that `ConceptMap/$translate` goes by. */
  maps?: readonly AlignmentMap[];
  /** Origins whose pages may read answers; absent: none but this server's own. */
  corsOrigins?: readonly string[];
  /** Proxies whose X-Forwarded-For is believed; absent: none. */
  trustedProxies?: readonly string[];
  tracing?: Pick<Tracing, "request">;
  /** What the app does by itself: looks at recall so often (0: never). Absent: nothing. It begins when the server is ready, and what must end goes on the stack. */
  background?: { canaryMs: number; stack: DisposableStack; ready: Promise<void> };
  /** Whether `/metrics` tells of the process too. */
  processMetrics: boolean;
}
