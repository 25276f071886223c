import { spawn } from "node:child_process";
import { join } from "node:path";

const BIN = join(import.meta.dirname, "..", "..", "bin", "termduet.js");

export interface CliResult {
  /** Exit code, or null when a signal ended it. */
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface CliOptions {
  cwd?: string;
  env?: Record<string, string>;
  /** SIGKILL after so many milliseconds. */
  killAfterMs?: number;
  /** Called with each piece of stderr and a way to kill. */
  onStderr?: (text: string, kill: () => void) => void;
}

/** Runs the command line in a process of its own. */
export function runCli(
  args: readonly string[],
  { cwd, env, killAfterMs, onStderr }: CliOptions = {},
): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [BIN, ...args], {
      env: { ...process.env, ...env },
      ...(cwd ? { cwd } : {}),
    });
    const result: CliResult = { code: null, stdout: "", stderr: "" };
    const kill = (): void => void child.kill("SIGKILL");
    const timer = killAfterMs === undefined ? undefined : setTimeout(kill, killAfterMs);
    child.stdout.on("data", (data) => {
      result.stdout += data;
    });
    child.stderr.on("data", (data) => {
      result.stderr += data;
      onStderr?.(String(data), kill);
    });
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve({ ...result, code });
    });
  });
}
