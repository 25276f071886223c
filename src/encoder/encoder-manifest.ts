import { createHash } from "node:crypto";
import { createReadStream, existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { TermduetError } from "../terminology/termduet-error.ts";
import { PROVIDERS } from "./providers.ts";
import { sessionSettingsSchema } from "./session-settings.ts";

/** Markers around a mention, and the tokens that mention and text may have together. */
export const mentionSchema = z.strictObject({
  before: z.string(),
  after: z.string(),
  window: z.int().min(8).max(4096),
});

const manifestSchema = z.object({
  /** Name of the encoder; travels with every vector, together with the hash of its files. */
  id: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/),
  dimension: z.int().positive(),
  pooling: z.enum(["mean", "cls"]),
  /** Text put before every query and every string of the release. */
  prefixes: z.object({ query: z.string(), string: z.string() }).default({ query: "", string: "" }),
  /**
   * Present for an encoder that reads a mention in the text in which it stands (KRISSBERT): the mention between two markers, with so much
   * of the text on both sides as `window` tokens hold, special tokens included. A mention alone stands between its markers too.
   */
  mention: mentionSchema.optional(),
  precision: z.string(),
  /** Execution provider that the graph was made for; another may be chosen when it is loaded. */
  provider: z.enum(PROVIDERS).default("cpu"),
  /** How ONNX Runtime is to run the graph, where the optimizer has chosen it. */
  session: sessionSettingsSchema.optional(),
  /** Longest sequence, special tokens included; what is longer is cut. */
  maxTokens: z.int().min(4),
  /** Languages (ISO 639-1) that it reads, the first the one to translate into; absent: any. */
  languages: z
    .array(z.string().regex(/^[a-z]{2,3}$/))
    .min(1)
    .optional(),
  description: z.string().default(""),
  license: z.string().default(""),
  /** Hugging Face names of the checkpoint it was made from. */
  base: z.string().default(""),
  /** SHA-256 (hex) of each file of the encoder. */
  checksums: z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/)),
  /**
   * Present for an encoder that knows definitions: it encodes a release's definitions too, and the one of a concept that is
   * nearer to a text than `from` makes up, `weight` for each point of cosine beyond, for what the concept's names lack of 1; see
   * `retrieval/described-concepts.ts`.
   */
  definitions: z.object({ from: z.number().min(0).max(1), weight: z.number().min(0).max(10) }).optional(),
  /**
   * Present for an encoder that heeds how well a concept is known in its release, by its `names` or its `relations`: each doubling
   * beyond what is usual makes up `weight` of what the concept's names lack of 1; see `retrieval/standing.ts`.
   */
  standing: z.object({ by: z.enum(["names", "relations"]), weight: z.number().min(0).max(0.3) }).optional(),
  /** From cosine to rating and probability; see `retrieval/calibrator.ts`. */
  calibrator: z.unknown().optional(),
});

/** `encoder.json`, which describes an encoder folder. */
export type EncoderManifest = z.infer<typeof manifestSchema>;

/** An encoder on disk: what `encoders list` shows and what a worker loads. */
export interface EncoderFolder {
  folder: string;
  manifest: EncoderManifest;
  /** First 16 hex digits over everything that changes a vector. Vectors of different hashes are never mixed. */
  hash: string;
}

/** Reads `encoder.json`. Errors: `not-found`, or `bad-input` naming the field that is wrong. */
export function readEncoderFolder(folder: string): EncoderFolder {
  const path = join(folder, "encoder.json");
  if (!existsSync(path))
    throw new TermduetError("not-found", `${folder} holds no encoder: there is no encoder.json in it`);
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new TermduetError("bad-input", `${path} is not JSON`, { cause });
  }
  const parsed = manifestSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new TermduetError("bad-input", `${path}: ${issue.path.join(".")}: ${issue.message}`);
  }
  return { folder, manifest: parsed.data, hash: hashOf(parsed.data) };
}

function hashOf(manifest: EncoderManifest): string {
  const { id, pooling, prefixes, maxTokens, mention, checksums } = manifest;
  const files = Object.entries(checksums).filter(
    ([name]) => name.startsWith("model.onnx") || name === "tokenizer.json",
  );
  const read = [pooling, prefixes.query, prefixes.string, maxTokens, ...(mention ? [mention] : [])];
  const identity = JSON.stringify([id, ...read, files.sort()]);
  return createHash("sha256").update(identity).digest("hex").slice(0, 16);
}

/** Compares every file with its checksum. Errors: `bad-input` naming the first file that differs or is missing. */
export async function verifyEncoderFolder({ folder, manifest }: EncoderFolder): Promise<void> {
  for (const [name, expected] of Object.entries(manifest.checksums)) {
    const path = join(folder, name);
    const found = existsSync(path) ? await sha256Lately(path) : "missing";
    if (found !== expected) {
      const message = `${path} is not the file that encoder.json names (SHA-256 ${found}); restore the encoder's folder`;
      throw new TermduetError("bad-input", message);
    }
  }
}

const LATELY_MS = 60_000;
const lately = new Map<string, { state: string; at: number; hash: string }>();

/** An ingest checks an encoder when it is planned and again when it is loaded, which need not be to read it twice. */
async function sha256Lately(path: string): Promise<string> {
  const { size, mtimeMs, ino } = statSync(path);
  const state = `${size} ${mtimeMs} ${ino}`;
  const known = lately.get(path);
  if (known && known.state === state && performance.now() - known.at < LATELY_MS) return known.hash;
  const hash = await sha256(path);
  lately.set(path, { state, at: performance.now(), hash });
  return hash;
}

/** SHA-256 of a file, hex, read as a stream. */
export async function sha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
