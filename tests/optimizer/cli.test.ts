import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, request as forward } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CliResult, runCli } from "../support/run-cli.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { FIXTURES } from "../support/tiny-encoders.ts";
import { COMMIT, FakeHub } from "./support/fake-hub.ts";

const folder = temporaryFolder();
const path = (...parts: string[]): string => join(folder.path, ...parts);
let hub: FakeHub;

beforeAll(async () => {
  const names = ["config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors"];
  const files = Object.fromEntries(
    names.map((name) => [name, readFileSync(join(FIXTURES, "tiny-bert", name))]),
  );
  hub = await FakeHub.start("owner/tiny", {
    ...files,
    "1_Pooling/config.json": Buffer.from('{"pooling_mode":"cls"}'),
  });
  writeFileSync(
    path("fast.json"),
    JSON.stringify({
      dataConfigs: { calibration: 40, evaluation: 60 },
      engine: { timingSeconds: 0.05, cache: path("cache") },
    }),
  );
});
afterAll(async () => {
  folder[Symbol.dispose]();
  await hub[Symbol.asyncDispose]();
});

function cli(...args: string[]): Promise<CliResult> {
  return runCli(args, {
    cwd: folder.path,
    env: {
      HF_ENDPOINT: hub.url,
      HF_HOME: path("hf"),
      TERMDUET_ENCODERS_FOLDER: path("encoders"),
      NO_PROXY: "",
      HTTP_PROXY: "",
      HTTPS_PROXY: "",
      http_proxy: "",
      https_proxy: "",
      no_proxy: "",
    },
  });
}

const FAST = ["--config", "fast.json", "--precision", "int8"];

describe("encoders add", () => {
  test("makes an encoder from a checkpoint on the hub, as the checkpoint says", async () => {
    const { code, stdout, stderr } = await cli("encoders", "add", "owner/tiny", ...FAST);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^added encoder tiny\n.*fast-int8.*\ncosine to float32: mean (0\.9|1\.0)/);
    const listed = JSON.parse((await cli("encoders", "list", "--json")).stdout) as Record<string, unknown>[];
    expect(listed.find(({ id }) => id === "tiny")).toMatchObject({
      pooling: "cls",
      precision: "int8",
      base: `owner/tiny@${COMMIT}`,
      maxTokens: 64,
    });
    expect(readdirSync(path("encoders", "tiny")).sort()).toEqual(
      expect.arrayContaining([
        "encoder.json",
        "footprint.json",
        "model.onnx",
        "report.html",
        "tokenizer.json",
      ]),
    );
  });

  test("takes a folder that was optimized, checked", async () => {
    const made = await cli(
      "optimize",
      join(FIXTURES, "tiny-xlmr"),
      "--out",
      path("made"),
      "--id",
      "other",
      ...FAST,
    );
    expect(made.code, made.stderr).toBe(0);
    expect((await cli("encoders", "add", path("made"))).stdout).toBe("added encoder other\n");
    expect(readFileSync(path("encoders", "other", "model.onnx"))).toEqual(
      readFileSync(path("made", "model.onnx")),
    );
    cpSync(path("made"), path("damaged"), { recursive: true });
    const manifest = JSON.parse(readFileSync(path("damaged", "encoder.json"), "utf8"));
    writeFileSync(path("damaged", "encoder.json"), JSON.stringify({ ...manifest, id: "damaged" }));
    writeFileSync(path("damaged", "model.onnx"), "x");
    const damaged = await cli("encoders", "add", path("damaged"));
    expect(damaged).toMatchObject({ code: 1, stderr: expect.stringMatching(/model\.onnx is not the file/) });
    expect(existsSync(path("encoders", "damaged"))).toBe(false);
  });

  test.each([
    ["a name that is taken", ["owner/tiny", ...FAST], 1, /there is an encoder tiny already.*--id/],
    ["a name that the hub does not have", ["owner/nope"], 1, /no owner\/nope@main/],
    ["something that is neither", ["./nowhere"], 1, /no folder \.\/nowhere/],
    ["another id for an encoder that has one", [join("made"), "--id", "x"], 2, /holds encoder other/],
    [
      "a configuration with a wrong key",
      ["owner/tiny", "--id", "n", "--config", "wrong.json"],
      1,
      /wrong\.json.*colour/,
    ],
    [
      "a configuration with a goal that can't be",
      ["owner/tiny", "--id", "n", "--config", "goal.json"],
      1,
      /goal\.json.*no metric speed/,
    ],
  ])("refuses %s", async (_, args, code, message) => {
    writeFileSync(path("wrong.json"), '{"colour":1}');
    writeFileSync(path("goal.json"), '{"evaluationCriteria":[{"metric":"speed"}]}');
    const result = await cli("encoders", "add", ...args);
    expect(result.stderr).toMatch(message);
    expect(result.stderr.trim().split("\n")).toHaveLength(1);
    expect(result.code).toBe(code);
  });

  test("fetches through a proxy where one is set", async () => {
    const asked: string[] = [];
    const proxy = createServer((request, response) => {
      asked.push(request.url!);
      const { host, ...headers } = request.headers;
      const inner = forward(
        request.url!,
        { method: request.method!, headers: { ...headers, host } },
        (answer) => {
          response.writeHead(answer.statusCode!, answer.headers);
          answer.pipe(response);
        },
      );
      request.pipe(inner);
    });
    // fetch() asks a proxy for a tunnel even where the target is plain http.
    proxy.on("connect", (request, socket) => {
      asked.push(request.url!);
      const [host, port] = request.url!.split(":");
      const target = connect(Number(port), host, () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        target.pipe(socket).pipe(target);
      });
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const result = await runCli(["encoders", "add", "owner/tiny", "--id", "proxied", ...FAST], {
      cwd: folder.path,
      env: {
        ...{ HF_ENDPOINT: hub.url, HF_HOME: path("hf2"), TERMDUET_ENCODERS_FOLDER: path("encoders") },
        ...{ HTTP_PROXY: url, HTTPS_PROXY: url, NO_PROXY: "", no_proxy: "" },
      },
    });
    proxy.closeAllConnections();
    proxy.close();
    expect(result.code, result.stderr).toBe(0);
    expect(asked.length).toBeGreaterThan(0);
  });
});

describe("encoders remove", () => {
  test("removes what was added", async () => {
    expect((await cli("encoders", "remove", "other")).stdout).toBe("removed encoder other\n");
    expect(existsSync(path("encoders", "other"))).toBe(false);
  });

  test.each([
    ["an encoder that there is not", ["nope"], 1, /no encoder nope/],
    ["a folder that is no added encoder", [path("made")], 2, /only encoders that were added/],
  ])("refuses %s", async (_, args, code, message) => {
    const result = await cli("encoders", "remove", ...args);
    expect(result).toMatchObject({ code, stderr: expect.stringMatching(message) });
    expect(existsSync(path("made", "encoder.json"))).toBe(true);
  });

  test("removes none that lies deeper, or comes with the program, whatever folder is named", async () => {
    const args = ["encoders", "remove", "termduet-a", "--encoders-folder"];
    const bundled = join(import.meta.dirname, "..", "..", "models", "bundled");
    for (const folder of [bundled, join(bundled, ".."), join(bundled, "..", "..")]) {
      const { code, stderr } = await runCli([...args, folder]);
      expect([code, stderr]).toEqual([
        2,
        expect.stringMatching(/comes with the program: only encoders that were added/),
      ]);
    }
    expect(existsSync(join(bundled, "termduet-a", "model.onnx"))).toBe(true);
  });
});
