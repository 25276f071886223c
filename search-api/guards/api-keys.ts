import { createHash, timingSafeEqual } from "node:crypto";
import type { Request } from "express";
import { TermduetError } from "../../src/terminology/termduet-error.ts";
import type { Call } from "../call.ts";
import { HttpProblem } from "../problems/http-problem.ts";

/** What a key may be good for. */
export const SCOPES = ["search", "review", "admin"] as const;
export type Scope = (typeof SCOPES)[number];

/** Who asks, as far as the server knows. */
export interface KeyHolder {
  name: string;
  scopes: ReadonlySet<Scope>;
}

interface KnownKey extends KeyHolder {
  hash: Buffer;
}

/** Shorter keys can be guessed. */
const MIN_KEY_CHARACTERS = 16;
const MAX_KEY_CHARACTERS = 512;
const LINE = /^([A-Za-z0-9][A-Za-z0-9._-]{0,59})\s+([a-z,]+)\s+sha256:([0-9a-fA-F]{64})$/;

/** The keys that a server accepts, as hashes. Keys are long and random, so one round of SHA-256 hides them. */
export class ApiKeys {
  readonly #keys: readonly KnownKey[];

  private constructor(keys: readonly KnownKey[]) {
    this.#keys = keys;
  }

  /**
   * From a file of lines `NAME SCOPE[,SCOPE] sha256:HEX` (`#` begins a comment) and a key in plain text, which is good for
   * all. Errors: `bad-input` naming the line, `usage` for a key that is too short.
   */
  static from({ file, text, plain }: { file?: string; text?: string; plain?: string | undefined }): ApiKeys {
    const keys = (text ?? "").split(/\r?\n/).flatMap((line, i) => {
      const content = line.trim();
      return content === "" || content.startsWith("#") ? [] : [keyOf(content, `${file}:${i + 1}`)];
    });
    if (plain !== undefined) {
      if (plain.length < MIN_KEY_CHARACTERS) {
        throw new TermduetError(
          "usage",
          `TERMDUET_API_KEY has ${plain.length} characters; a key needs at least ${MIN_KEY_CHARACTERS}`,
        );
      }
      keys.push({ name: "environment", scopes: new Set(SCOPES), hash: hashOf(plain) });
    }
    return new ApiKeys(keys);
  }

  get size(): number {
    return this.#keys.length;
  }

  /** Whose key it is. All hashes are compared, each in constant time: how long it takes tells nothing. */
  holder(key: string): KeyHolder | undefined {
    const hash = hashOf(key);
    let found: KnownKey | undefined;
    for (const known of this.#keys) if (timingSafeEqual(known.hash, hash)) found = known;
    return found;
  }
}

/** SHA-256 of a key. */
export function hashOf(key: string): Buffer {
  return createHash("sha256").update(key, "utf8").digest();
}

function keyOf(line: string, place: string): KnownKey {
  const [, name, listed, hex] = LINE.exec(line) ?? [];
  const scopes = listed?.split(",") ?? [];
  const unknown = scopes.find((scope) => !SCOPES.includes(scope as Scope));
  if (name === undefined || unknown !== undefined || scopes.length === 0) {
    throw new TermduetError(
      "bad-input",
      `${place}: a key is a line NAME SCOPE[,SCOPE] sha256:HEX with scopes of ${SCOPES.join(", ")}`,
    );
  }
  return { name, scopes: new Set(scopes as Scope[]), hash: Buffer.from(hex!, "hex") };
}

/**
 * The key that a request brings: `Authorization: Bearer`, `X-API-Key`, or, where clients of UTS ask, the parameter
 * `apiKey`.
 */
export function keyOfRequest(request: Request): string | undefined {
  const bearer = /^Bearer +(\S+)$/i.exec(request.get("Authorization") ?? "")?.[1];
  const given =
    bearer ??
    request.get("X-API-Key") ??
    (request.path.startsWith("/rest/") ? inAddress(request) : undefined);
  return given === undefined || given === "" || given.length > MAX_KEY_CHARACTERS ? undefined : given;
}

function inAddress(request: Request): string | undefined {
  const start = request.url.indexOf("?");
  return start < 0 ? undefined : (new URLSearchParams(request.url.slice(start)).get("apiKey") ?? undefined);
}

/** Errors: `no-key` without a key that is known, `not-allowed` for one that is not good for this. */
export function requireScope(holder: KeyHolder | undefined, scope: Scope): void {
  if (!holder) {
    const challenge = { "WWW-Authenticate": 'Bearer realm="termduet"' };
    throw new HttpProblem("no-key", "a key is needed: send Authorization: Bearer KEY", challenge);
  }
  if (!holder.scopes.has(scope))
    throw new HttpProblem("not-allowed", `this key is not good for this; the scope ${scope} is needed`);
}

/** What identifies a caller for counting: the key's name, else nothing. */
export function callerOf({ holder }: Pick<Call, "holder">): string | undefined {
  return holder && `key ${holder.name}`;
}
