import { setTimeout } from "node:timers/promises";
import { TermduetError } from "../../terminology/termduet-error.ts";
import { HttpTransport } from "./http-transport.ts";
import { explained, mayPass, ServerError } from "./server-error.ts";
import type { QdrantAddress } from "./store-settings.ts";

export interface Call {
  method: "GET" | "PUT" | "POST" | "PATCH" | "DELETE";
  path: string;
  /** JSON, or its bytes. */
  body?: unknown;
  /** For the message when it fails: `searching umls_2024AB__a`. */
  doing: string;
  writes?: boolean;
  /** Milliseconds after which nobody waits for the answer any longer, however often it was asked for. */
  timeoutMs?: number | undefined;
}

const READ_PATIENCE_MS = 3000;
const FIRST_DELAY_MS = 50;
const LAST_DELAY_MS = 5000;

/**
 * Calls to the nodes of one Qdrant. What may pass is tried again, at another node where there is one, after delays that
 * grow and are drawn at random, so that many workers do not come back together. Who has written, as an ingest does, waits as
 * long as the store's patience; who only reads, as a search does, some seconds.
 */
export class QdrantClient implements Disposable {
  readonly shown: string;
  readonly #nodes: readonly HttpTransport[];
  readonly #address: QdrantAddress;
  #node = 0;
  #hasWritten = false;

  constructor(address: QdrantAddress) {
    this.#address = address;
    this.shown = address.shown;
    this.#nodes = address.origins.map((origin) => new HttpTransport(origin, address.apiKey));
  }

  /** `result` of the answer. Errors: `TermduetError`, in words of ours; `not-found` for HTTP 404. */
  async call<T>(call: Call): Promise<T> {
    return ((await this.answer(call)) as { result: T }).result;
  }

  /** The whole answer: `/` has no `result`. */
  async answer({ method, path, body, doing, writes = false, timeoutMs }: Call): Promise<unknown> {
    const { timeout, patience } = this.#address.settings;
    const limit = timeout * 1000 * (writes ? 4 : 1);
    const late = performance.now() + (timeoutMs ?? Number.POSITIVE_INFINITY);
    if (writes) this.#hasWritten = true;
    const until = Math.min(late, performance.now() + (this.#hasWritten ? patience * 1000 : READ_PATIENCE_MS));
    const bytes = body === undefined || body instanceof Uint8Array ? body : JSON.stringify(body);
    for (let attempt = 0; ; attempt++) {
      const left = late - performance.now();
      if (left <= 0) throw outOfTime(doing);
      const node = this.#node;
      try {
        return await this.#nodes[node]!.send(method, path, bytes, Math.min(limit, left));
      } catch (error) {
        if (!(error instanceof ServerError) || !mayPass(error)) throw explained(error, this.shown, doing);
        // Another call may have moved on already.
        if (this.#node === node) this.#node = (node + 1) % this.#nodes.length;
        const delay = delayMs(attempt, this.#nodes.length);
        if (performance.now() + delay > until) throw explained(error, this.shown, doing);
        await setTimeout(delay);
      }
    }
  }

  /** Sends an answer on to another path of the same node: see `HttpTransport.forward`. */
  async forward(fromPath: string, toPath: string, field: string, doing: string): Promise<void> {
    this.#hasWritten = true;
    try {
      await this.#nodes[this.#node]!.forward(fromPath, toPath, field);
    } catch (error) {
      throw explained(error, this.shown, doing);
    }
  }

  /** Errors: `incompatible` for a server that is too old, `unavailable` when none answers or it refuses the key. */
  async check(minimum: readonly [number, number]): Promise<void> {
    const doing = "connecting";
    const about = (await this.answer({ method: "GET", path: "/", doing })) as {
      title?: string;
      version?: string;
    };
    const [major, minor] = (about.version ?? "").split(".").map(Number);
    const isOld = !(major! > minimum[0] || (major === minimum[0] && minor! >= minimum[1]));
    if (!/qdrant/i.test(about.title ?? "") || isOld) {
      throw new TermduetError(
        "incompatible",
        `${this.shown} is ${about.title ?? "no Qdrant"} ${about.version ?? ""}; Qdrant ${minimum.join(".")} or newer is needed`,
      );
    }
    // `/` answers without a key too.
    await this.answer({ method: "GET", path: "/aliases", doing });
  }

  [Symbol.dispose](): void {
    for (const node of this.#nodes) node[Symbol.dispose]();
  }
}

function outOfTime(doing: string): TermduetError {
  return new TermduetError("unavailable", `no time is left for ${doing}; try again`);
}

/** The first try of each node follows at once: a kept connection that the server has closed says nothing about it. */
function delayMs(attempt: number, nodes: number): number {
  if (attempt < nodes) return attempt === 0 ? 0 : Math.random() * FIRST_DELAY_MS;
  const ceiling = Math.min(LAST_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempt - nodes + 1));
  return ceiling / 2 + (Math.random() * ceiling) / 2;
}
