import { existsSync, readFileSync } from "node:fs";
import type { Command } from "commander";
import { type AlignmentMap, readAlignmentMap } from "../../search-api/fhir/concept-maps.ts";
import { ApiKeys } from "../../search-api/guards/api-keys.ts";
import { isLoopback } from "../../search-api/guards/host-guard.ts";
import { TermduetError } from "../terminology/termduet-error.ts";
import { list, setting, whole } from "./settings.ts";

/** Who may ask a server, and what else it serves. */
export interface GuardOptions {
  host: string;
  /** File of keys' hashes. */
  apiKeys?: string;
  production?: boolean;
  corsOrigins?: string[];
  /** Addresses of proxies whose X-Forwarded-For is believed. */
  trustedProxies?: string[];
  /** Folders of alignments that `ConceptMap/$translate` goes by. */
  alignments?: string[];
  dataset?: string;
  /** Minutes between two looks at the indexes' recall; 0 for none. */
  recallCanary?: number;
}

export function guardOptions(command: Command): Command {
  return command
    .addOption(setting("--api-keys <file>", "keys that are accepted, as hashes (termduet keys create)"))
    .addOption(setting("--production", "refuse to be reached from elsewhere without keys"))
    .addOption(
      setting(
        "--trusted-proxies <list>",
        "addresses or networks of proxies (10.0.0.1, 10.0.0.0/8, loopback) that say who asks, by X-Forwarded-For",
      ).argParser(list),
    )
    .addOption(setting("--cors-origins <list>", "origins whose pages may read answers").argParser(list))
    .addOption(
      setting("--alignments <list>", "folders of termduet align that FHIR's $translate goes by").argParser(
        list,
      ),
    )
    .addOption(
      setting("--recall-canary <minutes>", "between two looks at the indexes' recall; 0 for none")
        .argParser(whole("--recall-canary", 0, 10_080))
        .default(60),
    );
}

/**
 * The keys of the file and of TERMDUET_API_KEY, which no flag takes because anyone on a machine sees its commands.
 * Errors: `usage` in production on an address that others reach, without a key.
 */
export function keysOf(
  { host, apiKeys, production }: GuardOptions,
  env: Readonly<Record<string, string | undefined>>,
): ApiKeys {
  if (apiKeys !== undefined && !existsSync(apiKeys))
    throw new TermduetError("not-found", `--api-keys ${apiKeys}: there is no such file`);
  const text = apiKeys === undefined ? {} : { file: apiKeys, text: readFileSync(apiKeys, "utf8") };
  const keys = ApiKeys.from({ ...text, plain: env["TERMDUET_API_KEY"] || undefined });
  // Whoever names a file means that keys are needed: with the last one gone the door must not stand open.
  if (apiKeys !== undefined && ApiKeys.from(text).size === 0)
    throw new TermduetError(
      "usage",
      `--api-keys ${apiKeys} holds no key, and a server without keys is open to everybody; add one by termduet keys create, or leave --api-keys out`,
    );
  const strict = production || env["NODE_ENV"] === "production";
  if (strict && keys.size === 0 && !isLoopback(host)) {
    throw new TermduetError(
      "usage",
      `in production ${host} is not served without a key; make one by termduet keys create and give --api-keys FILE, or set TERMDUET_API_KEY`,
    );
  }
  return keys;
}

/** The alignments. Errors: those of `readAlignmentMap`. */
export function mapsOf({ alignments }: GuardOptions): AlignmentMap[] {
  return (alignments ?? []).map(readAlignmentMap);
}
