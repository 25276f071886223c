import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { memoryRoom } from "../../src/machine/memory-room.ts";
import { ControlGroup, hasGroups, whyNoGroups } from "./support/control-group.ts";

const GB = 2 ** 30;

/** A machine with 64 GB free, whose `/proc` and `/sys` hold these files. */
function roomWith(files: Record<string, string>): number {
  const read = (path: string): string => {
    const text = files[path];
    if (text === undefined) throw new Error(`ENOENT ${path}`);
    return text;
  };
  return memoryRoom(read, () => 64 * GB) / GB;
}

describe("the memory that is left", () => {
  test("is the machine's where there are no control groups, as on Macs and Windows", () => {
    expect(roomWith({})).toBe(64);
  });

  test("is the machine's where the groups have no limit", () => {
    expect(
      roomWith({
        "/proc/self/cgroup": "4:memory:/a\n0::/a\n",
        "/sys/fs/cgroup/a/memory.max": "max\n",
        "/sys/fs/cgroup/memory/a/memory.limit_in_bytes": "9223372036854771712\n",
      }),
    ).toBe(64);
  });

  test("is what a container's limit leaves (version 2), not counting pages of files that can be given up", () => {
    expect(
      roomWith({
        "/proc/self/cgroup": "0::/\n",
        "/sys/fs/cgroup/memory.max": String(8 * GB),
        "/sys/fs/cgroup/memory.current": String(5 * GB),
        "/sys/fs/cgroup/memory.stat": `anon 1\ninactive_file ${3 * GB}\nactive_file 1\n`,
      }),
    ).toBe(6);
  });

  test("is the least that the groups above leave: a job's limit stands on the job, not on its step", () => {
    expect(
      roomWith({
        "/proc/self/cgroup": "0::/slurm/job_1/step_0\n",
        "/sys/fs/cgroup/slurm/job_1/step_0/memory.max": "max",
        "/sys/fs/cgroup/slurm/job_1/memory.max": String(4 * GB),
        "/sys/fs/cgroup/slurm/job_1/memory.current": String(GB),
        "/sys/fs/cgroup/slurm/memory.max": String(32 * GB),
        "/sys/fs/cgroup/slurm/memory.current": String(GB),
      }),
    ).toBe(3);
  });

  test("is what version 1 leaves, in a container that sees its own group as the root and the host's path", () => {
    expect(
      roomWith({
        "/proc/self/cgroup": "12:cpu,cpuacct:/docker/0f\n4:memory:/docker/0f\n",
        "/sys/fs/cgroup/memory/memory.limit_in_bytes": String(2 * GB),
        "/sys/fs/cgroup/memory/memory.usage_in_bytes": String(GB),
        "/sys/fs/cgroup/memory/memory.stat": `inactive_file 7\ntotal_inactive_file ${GB / 2}\n`,
      }),
    ).toBe(1.5);
  });

  test("is never less than nothing", () => {
    expect(
      roomWith({
        "/proc/self/cgroup": "0::/\n",
        "/sys/fs/cgroup/memory.max": String(GB),
        "/sys/fs/cgroup/memory.current": String(2 * GB),
      }),
    ).toBe(0);
  });

  test.skipIf(!hasGroups)(`is what a real group leaves${whyNoGroups}`, async () => {
    using group = new ControlGroup(GB / 2);
    const module = join(import.meta.dirname, "..", "..", "src", "machine", "memory-room.ts");
    const script = `import(${JSON.stringify(module)}).then((m) => console.log(m.memoryRoom()))`;
    const child = group.spawn([process.execPath, "-e", script]);
    let said = "";
    child.stdout!.on("data", (data) => {
      said += data;
    });
    await once(child, "close");
    expect(Number(said)).toBeLessThan(GB / 2);
    expect(Number(said)).toBeGreaterThan(GB / 4);
  });
});
