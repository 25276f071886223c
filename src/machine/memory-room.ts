import { readFileSync } from "node:fs";
import { freemem } from "node:os";
import { dirname, join } from "node:path";

/** How text of a file below `/proc` or `/sys` is read; throws where there is none. */
export type ReadText = (path: string) => string;

/** A memory controller of Linux: where its files are, and what they are called. */
interface Controller {
  root: string;
  limit: string;
  usage: string;
  /** Line of `memory.stat` with the pages of files that the kernel gives up when it needs memory. */
  reclaimable: string;
}

const VERSION_2: Controller = {
  root: "/sys/fs/cgroup",
  limit: "memory.max",
  usage: "memory.current",
  reclaimable: "inactive_file",
};
const VERSION_1: Controller = {
  root: "/sys/fs/cgroup/memory",
  limit: "memory.limit_in_bytes",
  usage: "memory.usage_in_bytes",
  reclaimable: "total_inactive_file",
};

/**
 * Bytes that this process may still take: what the machine has left, and what the control groups that it is in leave it
 * (containers, Kubernetes, Slurm and systemd limit memory by them), whichever is less.
 */
export function memoryRoom(
  read: ReadText = (path) => readFileSync(path, "utf8"),
  machine: () => number = freemem,
): number {
  return Math.max(0, Math.min(machine(), ...groupRooms(read)));
}

/** What each group from this process's own up to the root leaves it. */
function groupRooms(read: ReadText): number[] {
  const lines = attempt(() => read("/proc/self/cgroup").split("\n"), []);
  return lines.flatMap((line) => {
    const [, controllers = "", ...path] = line.split(":");
    const group = path.join(":");
    if (!group.startsWith("/")) return [];
    if (controllers === "") return roomsBelow(VERSION_2, group, read);
    return controllers.split(",").includes("memory") ? roomsBelow(VERSION_1, group, read) : [];
  });
}

function roomsBelow(controller: Controller, group: string, read: ReadText): number[] {
  const rooms: number[] = [];
  // In a container the path may be the host's, of which but the container's own group can be seen, as the root.
  for (let path = group; ; path = dirname(path)) {
    const room = attempt(() => roomOf(controller, path, read), undefined);
    if (room !== undefined) rooms.push(room);
    if (path === "/" || path === ".") return rooms;
  }
}

/** `undefined` for a group without a limit, which version 2 writes as `max` and version 1 as a number near 2 ** 63. */
function roomOf(
  { root, limit, usage, reclaimable }: Controller,
  group: string,
  read: ReadText,
): number | undefined {
  const folder = join(root, group);
  const most = Number(read(join(folder, limit)));
  if (!(most < 2 ** 60)) return undefined;
  const used = Number(read(join(folder, usage)));
  const stat = attempt(() => read(join(folder, "memory.stat")), "");
  const files = Number(new RegExp(`^${reclaimable} (\\d+)$`, "m").exec(stat)?.[1] ?? 0);
  return Number.isFinite(used) ? most - Math.max(0, used - files) : most;
}

function attempt<T>(work: () => T, otherwise: T): T {
  try {
    return work();
  } catch {
    return otherwise;
  }
}
