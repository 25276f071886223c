import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The folder in which groups with a limit of memory can be made, below this process's own; `undefined` where none can. */
export function groupParent(): string | undefined {
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
    const limit = ["memory.max", "memory.limit_in_bytes"].map((name) => join(probe, name)).find(existsSync);
    if (!limit) return false;
    writeFileSync(limit, String(2 ** 30));
    return true;
  } catch {
    return false;
  } finally {
    rmdirSync(probe);
  }
}
