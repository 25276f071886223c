import { execFile, execFileSync, spawn } from "node:child_process";
import { cpSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasPython, PYTHON, why } from "../support/python.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const needed = ["pandas", "pytest", "mypy", "build", "nbclient", "ipykernel"];
const missing = needed.find((module) => !hasPython(module));
const MINUTES = 60_000;

describe.skipIf(missing)(`the Python client${missing ? why(missing) : ""}`, () => {
  const folder = temporaryFolder();
  const client = join(folder.path, "client");
  let url = "";
  let server: ReturnType<typeof spawn>;
  const environment = () => ({ ...process.env, TERMDUET_URL: url, PYTHONPATH: join(client, "src") });
  // Not synchronously: the server's pipe is read here meanwhile.
  const python = async (...args: string[]): Promise<string> =>
    (await promisify(execFile)(PYTHON, args, { cwd: client, env: environment() })).stdout;

  beforeAll(async () => {
    // A build leaves files beside its sources.
    cpSync(join(ROOT, "clients", "python"), client, { recursive: true });
    const args = [join(ROOT, "bin", "termduet.js"), "start", "--port", "0"];
    server = spawn(process.execPath, args, { cwd: folder.path, stdio: ["ignore", "pipe", "ignore"] });
    url = await new Promise((ready) => {
      let said = "";
      server.stdout!.on("data", (data) => {
        said += data;
        const found = /Termduet is at (\S+)/.exec(said);
        if (found) ready(found[1]!);
      });
    });
  }, 5 * MINUTES);
  afterAll(async () => {
    server.kill("SIGTERM");
    if (server.exitCode === null) await new Promise((done) => server.once("close", done));
    folder[Symbol.dispose]();
  });

  test("does against a server what its own tests say", async () => {
    expect(await python("-m", "pytest", "-q", "tests")).toMatch(/\d+ passed/);
  });

  test("has types that mypy finds nothing wrong with, strictly", async () => {
    expect(await python("-m", "mypy", "src")).toContain("Success");
  });

  test("has a notebook that runs", { timeout: 5 * MINUTES }, async () => {
    const run =
      "import nbformat, nbclient; nbclient.NotebookClient(nbformat.read('notebook.ipynb', 4)).execute(); print('ran')";
    expect(await python("-c", run)).toContain("ran");
  });

  test("starts a server where it is asked to, and ends it", { timeout: 5 * MINUTES }, async () => {
    const command = JSON.stringify([process.execPath, join(ROOT, "bin", "termduet.js")]);
    const code = `
import json, sys
from termduet_client import Server, TermduetError
with Server(command=json.loads(sys.argv[1]), cwd=sys.argv[2]) as server:
    client = server.client()
    print(client.search("asthma", k=1)[0]["name"])
try:
    client.search("asthma")
except TermduetError:
    print("ended")
`;
    // In the folder of the other server's release, so that nothing is ingested again.
    expect(await python("-c", code, command, folder.path)).toBe("Asthma\nended\n");
  });

  test("builds as wheel and sdist that an empty environment installs", {
    timeout: 10 * MINUTES,
  }, async () => {
    await python("-m", "build", "--no-isolation");
    const built = readdirSync(join(client, "dist")).sort();
    expect(built).toEqual(["termduet_client-0.2.0-py3-none-any.whl", "termduet_client-0.2.0.tar.gz"]);
    const venv = join(folder.path, "venv");
    execFileSync(PYTHON, ["-m", "venv", venv]);
    const bin = join(venv, process.platform === "win32" ? "Scripts" : "bin", "python");
    execFileSync(bin, ["-m", "pip", "install", "--no-index", "-q", join(client, "dist", built[0]!)]);
    const env = { ...process.env, PYTHONPATH: "" };
    const said = execFileSync(bin, ["-c", "import termduet_client; print(termduet_client.__all__)"], { env });
    expect(String(said)).toContain("Client");
  });
});
