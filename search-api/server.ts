import type { RequestListener } from "node:http";
import { createServer, type Server, STATUS_CODES } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { errnoOf, TermduetError } from "../src/terminology/termduet-error.ts";
import { type ProblemCode, problemDocument, STATUS } from "./problems/http-problem.ts";

export interface ServerOptions {
  app: RequestListener;
  host: string;
  /** 0 for any free port. */
  port: number;
  /** How many further ports are tried where that one is in use; none by default. */
  morePorts?: number;
  /** How long a stop waits for requests that are being answered. */
  graceMs: number;
  newId: () => string;
  timeouts?: Partial<ConnectionTimeouts>;
}

/** How long a connection may be held, in milliseconds. */
export interface ConnectionTimeouts {
  /** From a request's first byte to the end of its headers. */
  headersMs: number;
  /** Between two requests. */
  keepAliveMs: number;
  /** How often connections are looked at: what overstays ends at most so much later. */
  checkEveryMs: number;
}

/** A server that listens. Disposing it stops gracefully: no new requests, the open ones are answered. */
export interface RunningServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
}

// Slow clients must not hold connections for ever; a proxy's idle connections must outlive the proxy's own patience.
const TIMEOUTS: ConnectionTimeouts = { headersMs: 10_000, keepAliveMs: 65_000, checkEveryMs: 5_000 };
// Streams of queries arrive as fast as they are answered; bodies of other requests are cut at their deadlines.
const REQUEST_TIMEOUT_MS = 3_600_000;
// Several texts of 1,000 characters, each up to twelve bytes in an address.
export const MAX_HEADER_BYTES = 65_536;

/** Errors: `unavailable` when the port is taken or the address is not this machine's. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { host } = options;
  const { headersMs, keepAliveMs, checkEveryMs } = { ...TIMEOUTS, ...options.timeouts };
  const server = createServer({
    headersTimeout: headersMs,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: keepAliveMs,
    connectionsCheckingInterval: checkEveryMs,
    maxHeaderSize: MAX_HEADER_BYTES,
  });
  server.on("clientError", (error, socket) => refuse(error, socket as Socket, options.newId));
  let stopping = false;
  server.on("request", (request, response) => {
    // While stopping, clients with open connections must go elsewhere for their next request.
    if (stopping) response.setHeader("Connection", "close");
    options.app(request, response);
  });
  await listen(server, options);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://${host.includes(":") ? `[${host}]` : host}:${port}`,
    async [Symbol.asyncDispose]() {
      stopping = true;
      await close(server, options.graceMs);
    },
  };
}

async function listen(
  server: Server,
  { host, port, morePorts = 0 }: Pick<ServerOptions, "host" | "port" | "morePorts">,
): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ port, host }, () => {
        server.off("error", reject);
        resolve();
      });
    });
  } catch (cause) {
    if (morePorts > 0 && errnoOf(cause) === "EADDRINUSE" && port < 65_535)
      return listen(server, { host, port: port + 1, morePorts: morePorts - 1 });
    const told: Record<string, string> = {
      EADDRINUSE: `port ${port} of ${host} is in use; stop what listens there, or choose another by --port`,
      EACCES: `port ${port} needs more rights than this process has; choose one above 1023 by --port`,
      EADDRNOTAVAIL: `${host} is no address of this machine; choose another by --host`,
      ENOTFOUND: `${host} can't be resolved to an address; choose another by --host`,
    };
    const message = told[errnoOf(cause) ?? ""] ?? `can't listen on port ${port} of ${host}`;
    throw new TermduetError("unavailable", message, { cause });
  }
}

async function close(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(timer);
}

/** What Node's parser refuses never reaches the app; it gets the same kind of answer. */
function refuse(error: Error, socket: Socket, newId: () => string): void {
  if (!socket.writable || errnoOf(error) === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const parserCode = "code" in error ? error.code : undefined;
  const [code, detail]: [ProblemCode, string] =
    parserCode === "HPE_HEADER_OVERFLOW"
      ? ["header-too-large", "the address and headers are too large; send long queries by POST"]
      : parserCode === "ERR_HTTP_REQUEST_TIMEOUT"
        ? ["timeout", "the request did not arrive in time"]
        : ["usage", "this is no HTTP request"];
  const body = JSON.stringify(problemDocument(code, detail, newId()));
  const status = STATUS[code];
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/problem+json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
