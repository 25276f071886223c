import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { errnoOf } from "../../terminology/termduet-error.ts";
import { ServerError } from "./server-error.ts";

/**
 * One exchange with one node: a request whose head and body leave in one write, over a connection that is kept. Qdrant's
 * own client writes them apart, and the server then waits 40 ms for the second half (docs/decisions/0007).
 */
export class HttpTransport implements Disposable {
  readonly #origin: URL;
  readonly #agent: HttpAgent | HttpsAgent;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(origin: string, apiKey: string | undefined) {
    this.#origin = new URL(origin);
    const settings = { keepAlive: true, maxSockets: 64, noDelay: true, scheduling: "lifo" as const };
    this.#agent = this.#origin.protocol === "https:" ? new HttpsAgent(settings) : new HttpAgent(settings);
    this.#headers = { accept: "application/json", ...(apiKey === undefined ? {} : { "api-key": apiKey }) };
  }

  /** The JSON of the answer. Errors: `ServerError`, with status 0 when none came within the time. */
  async send(
    method: string,
    path: string,
    body: string | Uint8Array | undefined,
    timeoutMs: number,
  ): Promise<unknown> {
    const { status, text } = await this.#exchange(method, path, body, timeoutMs);
    if (status >= 200 && status < 300) {
      try {
        return JSON.parse(text);
      } catch (cause) {
        throw new ServerError(0, "an answer that is no JSON", { cause });
      }
    }
    throw new ServerError(status, text.slice(0, 2000));
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }

  #exchange(
    method: string,
    path: string,
    body: string | Uint8Array | undefined,
    timeoutMs: number,
  ): Promise<{ status: number; text: string }> {
    const { protocol, hostname, port } = this.#origin;
    const length = body === undefined ? 0 : Buffer.byteLength(body);
    const headers = { ...this.#headers, "content-type": "application/json", "content-length": length };
    const host = hostname.replace(/^\[|\]$/g, "");
    const options = { method, host, port, path, headers, agent: this.#agent };
    return new Promise((resolve, reject) => {
      const fail = (cause: unknown): void => {
        clearTimeout(timer);
        reject(new ServerError(0, errnoOf(cause) ?? "the connection broke", { cause }));
      };
      const request = protocol === "https:" ? httpsRequest(options) : httpRequest(options);
      const timer = setTimeout(() => {
        const cause = Object.assign(new Error("no answer in time"), { code: "ETIMEDOUT" });
        request.destroy(cause);
      }, timeoutMs);
      request.on("error", fail);
      request.on("response", (response: IncomingMessage) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("error", fail);
        response.on("close", () => {
          if (!response.complete) fail(Object.assign(new Error("cut off"), { code: "ECONNRESET" }));
        });
        response.on("end", () => {
          clearTimeout(timer);
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString("utf8") });
        });
      });
      request.end(body);
    });
  }
}
