import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { delimiter, join } from "node:path";
import { commandBlocks } from "./markdown-blocks.ts";

export const ROOT: string = join(import.meta.dirname, "..", "..");

/** What a block of commands printed, stdout and stderr as a reader sees them; `line` is that of its block of output. */
export interface RunBlock {
  commands: string;
  line?: number;
  expected?: string;
  printed: string;
  code: number;
}

/**
 * Runs a document's commands as a reader does, one block after the other in one folder that looks like a clone but holds no
 * release. A server that a block starts runs until the document ends, on a free port in place of 8080. Blocks
 * that are marked as not run here are passed over.
 */
export async function runDocument(markdown: string, folder: string): Promise<RunBlock[]> {
  prepare(folder);
  const port = String(await freePort());
  const env = {
    ...process.env,
    PATH: `${join(folder, "shims")}${delimiter}${process.env["PATH"]}`,
    TERMDUET_PORT: port,
  };
  const servers: ChildProcess[] = [];
  const done: RunBlock[] = [];
  try {
    for (const { commands, output } of commandBlocks(markdown)) {
      if (commands.notRun) continue;
      const text = commands.text.replaceAll(":8080", `:${port}`);
      const { printed, code, child } = await runBlock(text, folder, env);
      if (child) servers.push(child);
      const shown = printed.replaceAll(`:${port}`, ":8080").replaceAll(folder, "…");
      done.push({
        commands: commands.text,
        printed: shown.trimEnd(),
        code,
        ...(output ? { line: output.line, expected: output.text } : {}),
      });
    }
  } finally {
    for (const child of servers) {
      process.kill(-child.pid!, "SIGTERM");
      await new Promise((ended) => child.once("close", ended));
    }
  }
  return done;
}

function runBlock(
  text: string,
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<{ printed: string; code: number; child?: ChildProcess }> {
  return new Promise((resolve) => {
    const child = spawn("bash", ["-euc", text], {
      cwd,
      env,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let printed = "";
    const add = (data: Buffer): void => {
      printed += data;
      if (/^(Termduet is at|The review is at) .*\n$/m.test(printed) && !/review/.test(text))
        resolve({ printed, code: 0, child });
      else if (/^The review is at .*\n/m.test(printed)) resolve({ printed, code: 0, child });
    };
    child.stdout.on("data", add);
    child.stderr.on("data", add);
    child.on("close", (code) => resolve({ printed, code: code ?? 1 }));
  });
}

/** The parts of a clone that commands name, and an npx and a termduet that run this checkout's sources. */
function prepare(folder: string): void {
  for (const name of ["sample", "bin", "package.json", "benchmarks", "node_modules", "clients"])
    symlinkSync(join(ROOT, name), join(folder, name));
  const shims = join(folder, "shims");
  mkdirSync(shims);
  const shim = (name: string, lines: string): void => {
    writeFileSync(join(shims, name), `#!/bin/sh\n${lines}\n`);
    chmodSync(join(shims, name), 0o755);
  };
  const bin = `exec ${process.execPath} ${join(ROOT, "bin", "termduet.js")}`;
  shim("termduet", `${bin} "$@"`);
  shim("npx", `shift; ${bin} "$@"`);
  // npm itself would find the checkout by the link and work there, not here.
  shim(
    "npm",
    `[ "$1" = install ] && exit 0; [ "$1" = start ] && ${bin} start; echo "no npm $1 here" >&2; exit 1`,
  );
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
