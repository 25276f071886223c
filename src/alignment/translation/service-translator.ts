import { z } from "zod";
import { TermduetError } from "../../terminology/termduet-error.ts";
import type { Translator } from "./translator.ts";

/** Services whose HTTP interface is known. */
export const TRANSLATION_SERVICES = ["libretranslate", "deepl"] as const;
export type TranslationService = (typeof TRANSLATION_SERVICES)[number];

export interface ServiceOptions {
  service: TranslationService;
  /** Where it is: `https://api.deepl.com/v2/translate`, `http://localhost:5000/translate`. */
  url: string;
  key?: string;
  /** Characters that may be sent in this run. */
  budget: number;
  /** Requests a minute. */
  perMinute: number;
  fetch?: typeof globalThis.fetch;
  sleep?: (ms: number) => Promise<void>;
}

const TEXTS_PER_REQUEST = 40;
const MAX_ATTEMPTS = 4;
const FIRST_WAIT_MS = 1000;
const MAX_WAIT_MS = 60_000;
const TIMEOUT_MS = 60_000;

/** Sends texts to a translation service: one request after the other, no more a minute than told, no more text than told. */
export function serviceTranslator(options: ServiceOptions): Translator {
  const { service, url, budget } = options;
  let spent = 0;
  let queue: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const done = queue.then(task);
    queue = done.catch(() => undefined);
    return done;
  };
  const pace = pacer(options);
  const part = async (texts: readonly string[], from: string, to: string): Promise<string[]> => {
    const length = texts.reduce((sum, text) => sum + text.length, 0);
    if (spent + length > budget)
      throw new TermduetError(
        "usage",
        `the translation budget of ${budget} characters does not last: ${spent} were sent, ${length} come next; raise --translation-budget, what was translated is kept in the cache`,
      );
    spent += length;
    const found = await requested(texts, from, to, options, pace);
    if (found.length === texts.length) return found;
    throw new TermduetError(
      "unavailable",
      `${service} at ${hostOf(url)} gave ${found.length} translations of ${texts.length} texts`,
    );
  };
  return {
    name: `${service} at ${hostOf(url)}`,
    translate: (texts, from, to) =>
      inTurn(async () => {
        const found: string[] = [];
        for (let start = 0; start < texts.length; start += TEXTS_PER_REQUEST)
          found.push(...(await part(texts.slice(start, start + TEXTS_PER_REQUEST), from, to)));
        return found;
      }),
  };
}

function pacer({ perMinute, sleep = wait }: ServiceOptions): () => Promise<void> {
  let next = 0;
  return async () => {
    const now = Date.now();
    const at = Math.max(now, next);
    next = at + 60_000 / perMinute;
    if (at > now) await sleep(at - now);
  };
}

async function requested(
  texts: readonly string[],
  from: string,
  to: string,
  options: ServiceOptions,
  pace: () => Promise<void>,
): Promise<string[]> {
  const { service, url, fetch = globalThis.fetch, sleep = wait } = options;
  const where = `${service} at ${hostOf(url)}`;
  for (let attempt = 1; ; attempt++) {
    await pace();
    const response = await fetch(url, {
      ...requestOf(texts, from, to, options),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch((cause: unknown) => (cause instanceof Error ? cause : new Error(String(cause))));
    if (response instanceof Response && response.ok) return translationsIn(await response.json(), where);
    const reason = response instanceof Error ? "does not answer" : `answers ${response.status}`;
    const mayPass = response instanceof Error || response.status === 429 || response.status >= 500;
    if (!mayPass || attempt === MAX_ATTEMPTS) {
      const advice =
        response instanceof Response && [401, 403].includes(response.status)
          ? "check TERMDUET_TRANSLATION_KEY"
          : "try again later, what was translated is kept in the cache";
      throw new TermduetError("unavailable", `${where} ${reason} (${attempt} tries); ${advice}`);
    }
    const told =
      response instanceof Response
        ? Number(response.headers.get("retry-after") ?? Number.NaN) * 1000
        : Number.NaN;
    await sleep(Math.min(MAX_WAIT_MS, told >= 0 ? told : FIRST_WAIT_MS * 2 ** (attempt - 1)));
  }
}

function requestOf(
  texts: readonly string[],
  from: string,
  to: string,
  { service, key }: ServiceOptions,
): RequestInit {
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (service === "deepl") {
    if (key !== undefined) headers["authorization"] = `DeepL-Auth-Key ${key}`;
    const body = { text: texts, source_lang: from.toUpperCase(), target_lang: to.toUpperCase() };
    return { method: "POST", headers, body: JSON.stringify(body) };
  }
  const body = {
    q: texts,
    source: from,
    target: to,
    format: "text",
    ...(key === undefined ? {} : { api_key: key }),
  };
  return { method: "POST", headers, body: JSON.stringify(body) };
}

const answerSchema = z.union([
  z.object({ translations: z.array(z.object({ text: z.string() })) }),
  z.object({ translatedText: z.array(z.string()) }),
]);

function translationsIn(json: unknown, where: string): string[] {
  const parsed = answerSchema.safeParse(json);
  if (!parsed.success)
    throw new TermduetError("unavailable", `${where} gave no translations; is the address right?`);
  return "translatedText" in parsed.data
    ? parsed.data.translatedText
    : parsed.data.translations.map(({ text }) => text);
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
