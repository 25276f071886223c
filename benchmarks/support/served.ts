import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const BIN = join(import.meta.dirname, "..", "..", "bin", "termduet.js");

/** A server in a process of its own, so that it can be measured, and can die, apart from what asks it. */
export interface Served extends AsyncDisposable {
  url: string;
  /** Resident memory in MB (Linux). */
  residentMb(): number;
  isAlive(): boolean;
  /** What it wrote to its standard error. */
  log(): string;
}

/** Starts `termduet serve` on a free port and waits until it answers. */
export async function served(options: readonly string[], env: Record<string, string> = {}): Promise<Served> {
  const child = spawn(process.execPath, [BIN, "serve", "--port", "0", "--recall-canary", "0", ...options], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let written = "";
  child.stderr!.on("data", (data) => {
    written = (written + String(data)).slice(-5_000_000);
  });
  const url = await readyUrl(child, () => written);
  return {
    url,
    residentMb: () => {
      const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
      return Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)![1]) / 1024);
    },
    isAlive: () => child.exitCode === null && child.signalCode === null,
    log: () => written,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once("close", resolve));
      child.kill("SIGTERM");
      await ended;
    },
  };
}

function readyUrl(child: ChildProcess, written: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    child.stdout!.on("data", (data) => {
      const url = /Termduet is at (\S+)/.exec(String(data))?.[1];
      if (url) resolve(url);
    });
    child.once("close", (code) => reject(new Error(`serve ended with ${code}: ${written().slice(-2000)}`)));
  });
}
