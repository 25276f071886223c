import { z } from "zod";
import { TermduetError } from "../../terminology/termduet-error.ts";

const QUANTIZATIONS = ["auto", "none", "int8", "turbo", "binary"] as const;

const UNITS: Record<string, number> = { MB: 1e6, GB: 1e9, TB: 1e12 };
const count = (from: number, to: number) => z.coerce.number().int().min(from).max(to);
const yesNo = z.enum(["true", "false"]).transform((value) => value === "true");
const bytes = z
  .string()
  .regex(/^\d+(\.\d+)?(MB|GB|TB)$/)
  .transform((text) => Number.parseFloat(text) * UNITS[text.slice(-2)]!);

const parameters = z.strictObject({
  /** Parts of a collection; each may lie on a node of its own. The server decides when left out. */
  shards: count(1, 1024).optional(),
  /** Copies of each part. */
  replicas: count(1, 16).default(1),
  /** Copies that must have taken a write before it counts; by default half of them, so that one node of three may be away. */
  consistency: count(1, 16).optional(),
  quantization: z.enum(QUANTIZATIONS).default("auto"),
  /** Memory of the cluster for one collection of vectors, e.g. 16GB: what `auto` chooses by. */
  memory: bytes.optional(),
  /** Whether the original vectors stay on the disk, where the page cache holds what is asked for. */
  "on-disk": yesNo.default(true),
  /**
   * Links of each vector in the HNSW graph, and the breadth of search while it is built and asked. Fine enough for lists a hundred
   * deep: a ranking over both encoders hangs on what is far in one list and near in the other (docs/decisions/0012).
   */
  m: count(4, 128).default(24),
  "ef-construct": count(4, 4096).default(256),
  ef: count(1, 10_000).default(256),
  /** Kilobytes of vectors up to which a segment is compared whole instead of indexed. */
  "index-from": count(1, 1e9).default(10_000),
  /**
   * Size up to which segments are merged: a search asks each of them, so few large ones answer faster, and their indexes take
   * longer to build. The server's own limit is 256 MB a core.
   */
  "segment-size": bytes.default(5e9),
  /** Seconds for one answer, and seconds for which a write is tried again while the server is away. */
  timeout: count(1, 3600).default(30),
  patience: count(0, 86_400).default(120),
});

export type StoreSettings = z.infer<typeof parameters>;

export interface QdrantAddress {
  /** Origins of the nodes, in the order in which they are tried. */
  origins: string[];
  apiKey: string | undefined;
  settings: StoreSettings;
  /** The URL without its key. */
  shown: string;
}

const FORM = /^qdrant\+(https?):\/\/(?:([^@/?#]*)@)?([^/?#@]+)\/?(?:\?([^#]*))?$/;

/**
 * Reads `qdrant+http://HOST:6333`, with several nodes as `HOST:6333,HOST:6333` and settings as `?replicas=2&memory=16GB`.
 * The API key comes from `TERMDUET_QDRANT_API_KEY`, or stands before the host as `:KEY@`.
 * Errors: `usage` naming what is wrong; the key is not shown.
 */
export function parseQdrantUrl(url: string, environment: NodeJS.ProcessEnv): QdrantAddress {
  const match = FORM.exec(url);
  const scheme = match?.[1];
  const hosts = match?.[3]?.split(",") ?? [];
  if (!match || !hosts.every((host) => URL.canParse(`${scheme}://${host}`))) {
    throw new TermduetError(
      "usage",
      "this --store is no address of a Qdrant; write qdrant+http://HOST:6333, with ,HOST:6333 for each further node",
    );
  }
  const query = match[4] ?? "";
  const parsed = parameters.safeParse(Object.fromEntries(new URLSearchParams(query)));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const names = issue?.code === "unrecognized_keys" ? issue.keys.join(", ") : issue?.path.join(".");
    const known = Object.keys(parameters.shape).join(", ");
    throw new TermduetError(
      "usage",
      `--store: setting ${names} is wrong (${issue?.message}); there are ${known}`,
    );
  }
  const secret = match[2] === undefined ? "" : decodeURIComponent(match[2].replace(/^[^:]*:?/, ""));
  return {
    origins: hosts.map((host) => originOf(`${scheme}://${host}`)),
    apiKey: secret || environment["TERMDUET_QDRANT_API_KEY"] || undefined,
    settings: parsed.data,
    shown: `qdrant+${scheme}://${hosts.join(",")}${query && `?${query}`}`,
  };
}

/** Qdrant's own port where none is said; `URL` would drop a scheme's default one. */
function originOf(address: string): string {
  return /:\d+$/.test(address) ? address : `${address}:6333`;
}
