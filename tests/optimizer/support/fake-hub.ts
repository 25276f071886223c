import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const LARGE = 10_000;

/** Says how a request is to be met; undefined: as the hub does. */
export type Mishap = (request: {
  path: string;
  count: number;
  range: string | undefined;
}) => MishapKind | undefined;
export type MishapKind =
  | { status: number; headers?: Record<string, string> }
  /** Sends so many bytes of the answer and breaks the connection. */
  | { breakAfter: number }
  | { ignoreRange: true }
  /** Other content of the same length. */
  | { damage: true };

/**
 * A server on loopback with the paths of the Hugging Face hub: a model's revision, its tree, and files, of which the
 * large ones are redirected to a second server, as to the hub's CDN.
 */
export class FakeHub implements AsyncDisposable {
  readonly requests: {
    path: string;
    range: string | undefined;
    authorization: string | undefined;
    host: string;
  }[] = [];
  mishap: Mishap = () => undefined;
  token: string | undefined;
  readonly #files: Map<string, Buffer>;
  readonly #repository: string;
  readonly #servers: Server[] = [];

  private constructor(repository: string, files: Record<string, Buffer>) {
    this.#repository = repository;
    this.#files = new Map(Object.entries(files));
  }

  static async start(repository: string, files: Record<string, Buffer>): Promise<FakeHub> {
    const hub = new FakeHub(repository, files);
    for (const host of ["hub", "cdn"]) {
      const server = createServer((request, response) => hub.#answer(host, request, response));
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      hub.#servers.push(server);
    }
    return hub;
  }

  get url(): string {
    return this.#urlOf(0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of this.#servers) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  #urlOf(server: number): string {
    return `http://127.0.0.1:${(this.#servers[server]!.address() as AddressInfo).port}`;
  }

  #answer(host: string, request: IncomingMessage, response: ServerResponse): void {
    const path = decodeURIComponent(new URL(request.url!, "http://x").pathname);
    const { range, authorization } = request.headers;
    const count = this.requests.filter((r) => r.path === path && r.host === host).length;
    this.requests.push({ path, range, authorization, host });
    const mishap = host === "cdn" || !this.#isLarge(path) ? this.mishap({ path, count, range }) : undefined;
    if (mishap && "status" in mishap) {
      response.writeHead(mishap.status, mishap.headers).end("no");
      return;
    }
    if (host === "hub" && this.token !== undefined && authorization !== `Bearer ${this.token}`) {
      response.writeHead(401, { "Content-Type": "application/json" }).end('{"error":"Invalid credentials"}');
      return;
    }
    const api = `/api/models/${this.#repository}`;
    if (path === `${api}/revision/main` || path === `${api}/revision/${COMMIT}`) this.#revision(response);
    else if (path === `${api}/tree/${COMMIT}`) this.#tree(response);
    else if (path.startsWith(`/${this.#repository}/resolve/${COMMIT}/`))
      this.#file(host, path, request, response, mishap);
    else response.writeHead(404, { "X-Error-Code": "RepoNotFound" }).end("no such thing");
  }

  #isLarge(path: string): boolean {
    return (this.#files.get(this.#nameIn(path))?.length ?? 0) >= LARGE;
  }

  #nameIn(path: string): string {
    return path.split(`/${COMMIT}/`)[1] ?? "";
  }

  #revision(response: ServerResponse): void {
    const info = {
      _id: "1",
      id: this.#repository,
      sha: COMMIT,
      private: false,
      gated: false,
      likes: 0,
      downloads: 0,
    };
    response.writeHead(200, { "Content-Type": "application/json" });
    response.end(JSON.stringify({ ...info, lastModified: "2024-01-01T00:00:00.000Z" }));
  }

  #tree(response: ServerResponse): void {
    const entries = [...this.#files].map(([path, content]) => {
      const git = createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");
      const oid = createHash("sha256").update(content).digest("hex");
      const lfs = content.length >= LARGE ? { lfs: { oid, size: content.length, pointerSize: 130 } } : {};
      return { type: "file", path, size: content.length, oid: git, ...lfs };
    });
    response.writeHead(200, { "Content-Type": "application/json" });
    response.end(JSON.stringify([{ type: "directory", path: "1_Pooling", size: 0, oid: "0" }, ...entries]));
  }

  #file(
    host: string,
    path: string,
    request: IncomingMessage,
    response: ServerResponse,
    mishap: MishapKind | undefined,
  ): void {
    const content = this.#files.get(this.#nameIn(path));
    if (!content) {
      response.writeHead(404, { "X-Error-Code": "EntryNotFound" }).end();
      return;
    }
    if (host === "hub" && this.#isLarge(path)) {
      response.writeHead(302, { Location: `${this.#urlOf(1)}${request.url}` }).end();
      return;
    }
    const sent = mishap && "damage" in mishap ? Buffer.alloc(content.length, 7) : content;
    const match = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
    const ranged = match && !(mishap && "ignoreRange" in mishap);
    const start = ranged ? Number(match[1]) : 0;
    const end = ranged && match[2] ? Number(match[2]) + 1 : sent.length;
    const body = sent.subarray(start, end);
    const headers = { ETag: '"x"', "Content-Length": body.length };
    if (ranged)
      response.writeHead(206, { ...headers, "Content-Range": `bytes ${start}-${end - 1}/${sent.length}` });
    else response.writeHead(200, headers);
    if (!mishap || !("breakAfter" in mishap) || body.length <= mishap.breakAfter) response.end(body);
    // What a client has not read when the connection breaks is lost to it: it gets a moment.
    else response.write(body.subarray(0, mishap.breakAfter), () => setTimeout(() => response.destroy(), 30));
  }
}
