import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { temporaryFolder } from "./temporary-folder.ts";

/** A Qdrant that answers, however it was found. */
export interface FoundQdrant extends AsyncDisposable {
  /** `http://HOST:PORT` */
  origin: string;
}

const IMAGE = "qdrant/qdrant:v1.18.3";

/** Path of the `qdrant` program, for tests that kill and restart it; undefined where there is none. */
const qdrantProgram: string | undefined = answerOf("sh", ["-c", "command -v qdrant"]);

const hasDocker = answerOf("docker", ["info", "--format", "{{.ServerVersion}}"]) !== undefined;

/** Why tests with a real server are skipped, for their names; undefined where they can run. */
export const withoutQdrant: string | undefined =
  process.env["QDRANT_URL"] || qdrantProgram || hasDocker
    ? undefined
    : "no Qdrant: set QDRANT_URL, put the program on the PATH, or start Docker";

/** Why tests that kill servers are skipped. */
export const withoutProgram: string | undefined = qdrantProgram ? undefined : "no qdrant program on the PATH";

/** The server that `QDRANT_URL` names, else one of our own on loopback, else one in a container. */
export async function findQdrant(): Promise<FoundQdrant> {
  const given = process.env["QDRANT_URL"];
  if (given) return { origin: given.replace(/\/$/, ""), async [Symbol.asyncDispose]() {} };
  if (qdrantProgram) return QdrantProcess.start();
  const { GenericContainer, Wait } = await import("testcontainers");
  const container = await new GenericContainer(IMAGE)
    .withExposedPorts(6333)
    .withEnvironment({ QDRANT__TELEMETRY_DISABLED: "true" })
    .withWaitStrategy(Wait.forHttp("/readyz", 6333))
    .start();
  return {
    origin: `http://${container.getHost()}:${container.getMappedPort(6333)}`,
    async [Symbol.asyncDispose]() {
      await container.stop();
    },
  };
}

export interface QdrantProcessOptions {
  /** Further settings, as `QDRANT__…` variables. */
  environment?: Record<string, string>;
  /** Storage that is kept when the process ends; a temporary folder of its own when left out. */
  storage?: string;
  args?: readonly string[];
  port?: number;
}

/** A Qdrant process on loopback that can be killed and started again over the same storage. */
export class QdrantProcess implements FoundQdrant {
  readonly port: number;
  readonly #folder: (Disposable & { path: string }) | undefined;
  readonly #storage: string;
  readonly #options: QdrantProcessOptions;
  readonly #grpcPort: number;
  #child: ChildProcess | undefined;
  #log = "";

  private constructor(options: QdrantProcessOptions, port: number, grpcPort: number) {
    this.#options = options;
    this.port = port;
    this.#grpcPort = grpcPort;
    this.#folder = options.storage === undefined ? temporaryFolder() : undefined;
    this.#storage = options.storage ?? this.#folder!.path;
  }

  static async start(options: QdrantProcessOptions = {}): Promise<QdrantProcess> {
    const server = new QdrantProcess(options, options.port ?? (await freePort()), await freePort());
    await server.start();
    return server;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Starts the process and, unless told otherwise, waits until it answers. */
  async start(wait = true): Promise<void> {
    mkdirSync(this.#storage, { recursive: true });
    this.#child = spawn(qdrantProgram!, [...(this.#options.args ?? [])], {
      cwd: this.#storage,
      env: {
        ...process.env,
        QDRANT__STORAGE__STORAGE_PATH: join(this.#storage, "storage"),
        QDRANT__STORAGE__SNAPSHOTS_PATH: join(this.#storage, "snapshots"),
        QDRANT__SERVICE__HOST: "127.0.0.1",
        QDRANT__SERVICE__HTTP_PORT: String(this.port),
        QDRANT__SERVICE__GRPC_PORT: String(this.#grpcPort),
        QDRANT__TELEMETRY_DISABLED: "true",
        QDRANT__LOG_LEVEL: "WARN",
        ...this.#options.environment,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.#child.stdout!, this.#child.stderr!])
      stream.on("data", (data) => {
        this.#log = `${this.#log}${data}`.slice(-4000);
      });
    if (wait) await this.ready();
  }

  async ready(): Promise<void> {
    for (let attempt = 0; attempt < 600; attempt++) {
      if (this.#child?.exitCode !== null && this.#child?.exitCode !== undefined)
        throw new Error(`qdrant ended with ${this.#child.exitCode}: ${this.#log}`);
      const ok = await fetch(`${this.origin}/readyz`).then(
        (response) => response.ok,
        () => false,
      );
      if (ok) return;
      await setTimeout(100);
    }
    throw new Error(`qdrant did not answer within a minute: ${this.#log}`);
  }

  /** SIGKILL, as when the machine takes it. */
  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill(signal);
    await gone;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    this.#folder?.[Symbol.dispose]();
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  server.close();
  await once(server, "close");
  return port;
}

function answerOf(program: string, args: readonly string[]): string | undefined {
  try {
    const out = execFileSync(program, [...args], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      timeout: 10_000,
    });
    return out.trim() || undefined;
  } catch {
    return undefined;
  }
}
