import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

// What version 2 of control groups calls it, and version 1.
const LIMIT = ["memory.max", "memory.limit_in_bytes"];
const PEAK = ["memory.peak", "memory.max_usage_in_bytes"];

/** Where groups with a limit of memory can be made, below this process's own; `undefined` where they can't. */
const parent = groupParent();

export const hasGroups: boolean = parent !== undefined;

/** For the name of a test that is skipped without control groups. */
export const whyNoGroups: string = hasGroups
  ? ""
  : " (skipped: no control group can be made here; run as root on Linux)";

let made = 0;

/** A control group that holds its processes to so many bytes, as a container's or a job's does. */
export class ControlGroup implements Disposable {
  readonly #folder: string;

  constructor(bytes: number) {
    this.#folder = join(parent!, `termduet-test-${process.pid}-${made++}`);
    mkdirSync(this.#folder);
    writeFileSync(this.#file(LIMIT), String(bytes));
  }

  /** Starts a program in it. */
  spawn(command: readonly string[], env: NodeJS.ProcessEnv = process.env): ChildProcess {
    const enter = 'echo $$ > "$0" && exec "$@"';
    return spawn("sh", ["-c", enter, join(this.#folder, "cgroup.procs"), ...command], { env });
  }

  /** The most bytes that its processes, and the files that they read, have taken together. */
  get peak(): number {
    return Number(readFileSync(this.#file(PEAK), "utf8"));
  }

  #file(names: readonly string[]): string {
    return names.map((name) => join(this.#folder, name)).find(existsSync)!;
  }

  [Symbol.dispose](): void {
    rmdirSync(this.#folder);
  }
}

function groupParent(): string | undefined {
  try {
    for (const line of readFileSync("/proc/self/cgroup", "utf8").split("\n")) {
      const [, controllers, path = ""] = line.split(":");
      const root =
        controllers === ""
          ? "/sys/fs/cgroup"
          : controllers?.split(",").includes("memory")
            ? "/sys/fs/cgroup/memory"
            : undefined;
      if (root && path.startsWith("/") && takesLimit(join(root, path))) return join(root, path);
    }
  } catch {
    // No control groups here, or none that this user may make.
  }
  return undefined;
}

function takesLimit(parent: string): boolean {
  const probe = join(parent, `termduet-probe-${process.pid}`);
  try {
    mkdirSync(probe);
  } catch {
    return false;
  }
  try {
    const limit = LIMIT.map((name) => join(probe, name)).find(existsSync);
    if (!limit) return false;
    writeFileSync(limit, String(2 ** 30));
    return true;
  } catch {
    return false;
  } finally {
    rmdirSync(probe);
  }
}
