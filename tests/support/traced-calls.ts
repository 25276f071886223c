import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

/** Whether programs can be run under strace here: it has to be installed, and allowed to trace. */
export const hasStrace: boolean = (() => {
  try {
    execFileSync("strace", ["-o", "/dev/null", "true"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

/** For the name of a test that is skipped without strace. */
export const whyNoStrace: string = hasStrace ? "" : " (skipped: no strace here; apt-get install strace)";

const CONNECTING = ["connect", "sendto", "sendmsg", "sendmmsg"];
const OPENING = ["open", "openat", "openat2", "creat"];
const CHANGING = [
  "mkdir",
  "mkdirat",
  "rename",
  "renameat",
  "renameat2",
  "link",
  "linkat",
  "symlink",
  "symlinkat",
];

/** The command that runs a program, its threads and children under strace, which writes its calls to `file`. */
export function straced(file: string, command: readonly string[]): string[] {
  const calls = [...CONNECTING, ...OPENING, ...CHANGING, "truncate", "unlink", "unlinkat"].join();
  // `-s` is long enough for any path; `-yy` says what descriptors are.
  const how = ["-f", "-qq", "--seccomp-bpf", "-yy", "-s", "4096", "-e", `trace=${calls}`, "-o", file];
  return ["strace", ...how, ...command];
}

export interface TracedCalls {
  /** Addresses that were connected or sent to, as strace writes them. */
  addresses: string[];
  /** Files opened for reading. */
  read: string[];
  /** Files opened for writing, and folders and names made, by their full path. */
  written: string[];
}

/** What strace has seen, of which each is named once. */
export function tracedCalls(file: string, cwd: string): TracedCalls {
  const calls: Record<keyof TracedCalls, Set<string>> = {
    addresses: new Set(),
    read: new Set(),
    written: new Set(),
  };
  for (const line of readFileSync(file, "utf8").split("\n")) {
    // `123 openat(AT_FDCWD</cwd>, "path", O_RDONLY) = 3<…>`, or the half of a call that another thread interrupted.
    const [, name = "", args = ""] = /^\d+\s+(\w+)\((.*)$/.exec(line) ?? [];
    if (CONNECTING.includes(name)) {
      const address = /\{sa_family=[^}]*\}/.exec(args)?.[0];
      if (address) calls.addresses.add(address);
    } else if (OPENING.includes(name)) {
      const writes = name === "creat" || /O_WRONLY|O_RDWR|O_CREAT|O_TRUNC/.test(args);
      // A name that did not come to be was not written.
      if (!/ = -1 /.test(args))
        for (const path of pathsOf(args, cwd)) calls[writes ? "written" : "read"].add(path);
    } else if (name !== "" && !/ = -1 /.test(args)) {
      for (const path of pathsOf(args, cwd)) calls.written.add(path);
    }
  }
  return { addresses: [...calls.addresses], read: [...calls.read], written: [...calls.written] };
}

/** Paths in a call's arguments; what is relative is so to the descriptor before it, if there is one. */
function pathsOf(args: string, cwd: string): string[] {
  const found = args.matchAll(/(?:(?:\d+|AT_FDCWD)<([^>]*)>, )?"((?:[^"\\]|\\.)*)"/g);
  return [...found].map(([, folder, path]) => resolve(folder ?? cwd, path!));
}
