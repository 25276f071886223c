import { randomUUID } from "node:crypto";
import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
} from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { text as textOf } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { errnoOf } from "../../terminology/termduet-error.ts";
import { ServerError } from "./server-error.ts";

// A server that unpacks a large shard says nothing for minutes.
const IDLE_MS = 900_000;

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

  /**
   * Sends the answer to a GET on as the file of a form, without holding it: it may be of many gigabytes.
   * Errors: `ServerError` of either side.
   */
  async forward(fromPath: string, toPath: string, field: string): Promise<void> {
    const answer = await this.#begin("GET", fromPath, {}).answered;
    if (answer.statusCode !== 200) throw new ServerError(answer.statusCode ?? 0, await said(answer));
    const boundary = randomUUID();
    const { request, answered } = this.#begin("POST", toPath, {
      "content-type": `multipart/form-data; boundary=${boundary}`,
    });
    answered.catch(() => undefined); // awaited when all is sent
    try {
      const head = `content-disposition: form-data; name="${field}"; filename="${field}"`;
      request.write(`--${boundary}\r\n${head}\r\n\r\n`);
      await pipeline(answer, request, { end: false });
      request.end(`\r\n--${boundary}--\r\n`);
    } catch (cause) {
      request.destroy();
      throw broken(cause);
    }
    const reply = await answered;
    const text = await said(reply);
    if (reply.statusCode !== 200) throw new ServerError(reply.statusCode ?? 0, text);
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }

  /** A request whose body is still to come, on a connection of its own. */
  #begin(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
  ): { request: ClientRequest; answered: Promise<IncomingMessage> } {
    const request = this.#request(method, path, headers, false);
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      request.on("response", resolve);
      request.on("error", (cause) => reject(broken(cause)));
    });
    request.setTimeout(IDLE_MS, () => request.destroy(late()));
    if (method === "GET") request.end();
    return { request, answered };
  }

  #request(
    method: string,
    path: string,
    headers: Readonly<Record<string, string | number>>,
    agent: HttpAgent | HttpsAgent | false,
  ): ClientRequest {
    const { protocol, hostname, port } = this.#origin;
    const host = hostname.replace(/^\[|\]$/g, "");
    const options = { method, host, port, path, headers: { ...this.#headers, ...headers }, agent };
    return protocol === "https:" ? httpsRequest(options) : httpRequest(options);
  }

  #exchange(
    method: string,
    path: string,
    body: string | Uint8Array | undefined,
    timeoutMs: number,
  ): Promise<{ status: number; text: string }> {
    const length = body === undefined ? 0 : Buffer.byteLength(body);
    const headers = { "content-type": "application/json", "content-length": length };
    return new Promise((resolve, reject) => {
      const fail = (cause: unknown): void => {
        clearTimeout(timer);
        reject(broken(cause));
      };
      const request = this.#request(method, path, headers, this.#agent);
      const timer = setTimeout(() => request.destroy(late()), timeoutMs);
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

function broken(cause: unknown): ServerError {
  return new ServerError(0, errnoOf(cause) ?? "the connection broke", { cause });
}

function late(): Error {
  return Object.assign(new Error("no answer in time"), { code: "ETIMEDOUT" });
}

async function said(answer: IncomingMessage): Promise<string> {
  return (await textOf(answer)).slice(0, 2000);
}
