import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, sep } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { FIXTURES } from "../support/tiny-encoders.ts";
import { hasStrace, straced, type TracedCalls, tracedCalls, whyNoStrace } from "../support/traced-calls.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const BIN = join(ROOT, "bin", "termduet.js");
const TERMS = "id\tterm\n1\theart attack\n2\tfever\n3\tcrise cardiaque\n4\tasthma\n5\tbroken leg\n6\trash\n";

/** Six commands, one after the other, in a home folder and beside a temporary folder that are empty. */
describe("ingest, search, align, serve, optimize and doctor", () => {
  const folder = temporaryFolder();
  const path = (...parts: string[]): string => join(folder.path, ...parts);
  const traces = new Map<string, TracedCalls>();
  afterAll(() => folder[Symbol.dispose]());

  /** The environment of these tests, but for what would keep ONNX Runtime silent without us. */
  function environment(): NodeJS.ProcessEnv {
    const { ORT_DISABLE_TELEMETRY: _, HF_HUB_DISABLE_TELEMETRY: _2, DO_NOT_TRACK: _3, ...env } = process.env;
    const homes = ["HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"];
    const folders = ["CACHE", "CONFIG", "DATA", "STATE"].map((kind) => `XDG_${kind}_HOME`);
    for (const name of [...homes, ...folders, "XDG_RUNTIME_DIR"]) env[name] = path("home");
    for (const name of ["TMPDIR", "TMP", "TEMP"]) env[name] = path("tmp");
    return env;
  }

  function start(args: readonly string[]) {
    const command = [process.execPath, BIN, ...args];
    const [program, ...rest] = hasStrace ? straced(path(`${args[0]}.trace`), command) : command;
    const child = spawn(program!, rest, { cwd: path("work"), env: environment() });
    const said = { stdout: "", stderr: "" };
    child.stdout.on("data", (data) => {
      said.stdout += data;
    });
    child.stderr.on("data", (data) => {
      said.stderr += data;
    });
    const ended = once(child, "close").then(([code]) => {
      if (hasStrace) traces.set(args[0]!, tracedCalls(path(`${args[0]}.trace`), path("work")));
      return { code, ...said };
    });
    return { child, said, ended };
  }

  async function run(...args: string[]): Promise<void> {
    const { code, stderr } = await start(args).ended;
    if (code !== 0) throw new Error(`${args[0]} ended with ${code}: ${stderr}`);
  }

  beforeAll(async () => {
    for (const name of ["home", "tmp", "work"]) mkdirSync(path(name));
    writeFileSync(path("work", "terms.tsv"), TERMS);
    writeFileSync(path("work", "lexicon.tsv"), "term\nheart attack\nfevers\n");
    const engine = { timingSeconds: 0.05 };
    const fast = { dataConfigs: { calibration: 40, evaluation: 60 }, engine };
    writeFileSync(path("work", "fast.json"), JSON.stringify(fast));
    const checkpoint = join(FIXTURES, "tiny-bert");
    await run("optimize", checkpoint, "--out", "encoder", "--config", "fast.json", "--precision", "int8");
    await run("ingest", "terms.tsv", "--dataset", "six", "--release", "1", "--encoder", "encoder");
    const installed = ["--encoders-folder", "."];
    await run("search", "heart attacks", ...installed);
    await run("align", "lexicon.tsv", "--dataset", "six", "--out", "aligned", ...installed);
    await run("doctor", ...installed).catch((error: Error) => {
      if (!/checks found something wrong/.test(error.message)) throw error; // a full disk is not what this is about
    });
    const { child, said, ended } = start(["serve", "--port", "0", ...installed]);
    await Promise.race([once(child.stdout, "data"), ended]);
    const url = /http:\S+/.exec(said.stdout)![0];
    expect((await fetch(`${url}/api/v1/search?q=rashes`)).status).toBe(200);
    // strace passes no signal on, so the process below it is told: it is the one that listens.
    process.kill(hasStrace ? childOf(child.pid!) : child.pid!, "SIGTERM");
    expect(await ended).toMatchObject({ code: 0 });
  }, 300_000);

  test("write nothing to the home folder, and leave nothing in the temporary one", () => {
    expect(readdirSync(path("home"), { recursive: true })).toEqual([]);
    expect(readdirSync(path("tmp"), { recursive: true })).toEqual([]);
  });

  test.skipIf(!hasStrace)(`are seen by strace${whyNoStrace}`, () => {
    expect([...traces.keys()].sort()).toEqual(["align", "doctor", "ingest", "optimize", "search", "serve"]);
    // The trace is read as it should be: the store was written, the encoder was read.
    expect(traces.get("ingest")!.written).toContain(path("work", ".termduet", "store.sqlite"));
    expect(traces.get("search")!.read).toContain(path("work", "encoder", "model.onnx"));
  });

  test.skipIf(!hasStrace)(`connect to nothing but loopback, and look up no name${whyNoStrace}`, () => {
    for (const [command, { addresses, read }] of traces) {
      const outside = addresses.filter((address) => !/127\.0\.0\.1|"::1"/.test(address));
      expect(outside, command).toEqual([]);
      // To listen, Node reads resolv.conf; who looks up a name reads the hosts first (and asks port 53, seen above).
      expect(read, command).not.toContain("/etc/hosts");
    }
  });

  test.skipIf(!hasStrace)(`write to no file but in the named places${whyNoStrace}`, () => {
    const named = [path("work"), path("tmp"), "/dev/null", "/dev/tty", "/proc/self"];
    for (const [command, { written }] of traces) {
      const inside = (file: string): boolean =>
        named.some((p) => file === p || file.startsWith(`${p}${sep}`));
      expect(
        written.filter((file) => !inside(file)),
        command,
      ).toEqual([]);
    }
  });
});

function childOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ")[0]);
}
