import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..", "..");
const ROOMS = ["src", "ingest", "search-api", "benchmarks", "models", "sample", "tests"];

function files(ending: string): { name: string; text: string }[] {
  const paths = ROOMS.flatMap((room) =>
    readdirSync(join(ROOT, room), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  return paths.map((path) => ({
    name: relative(ROOT, path).replaceAll("\\", "/"),
    text: readFileSync(path, "utf8"),
  }));
}

describe("what would report to its makers is told not to before it is loaded:", () => {
  test("ONNX Runtime comes in by one door, behind the module that says so", () => {
    const doors = files(".ts").filter(({ text }) =>
      /^(?:import|export) (?!type\b).* from "#?onnxruntime-node"/m.test(text),
    );
    expect(doors.map(({ name }) => name)).toEqual(["src/encoder/onnx-runtime.ts"]);
    const specifiers = [...doors[0]!.text.matchAll(/"([^"]*)";$/gm)].map(([, specifier]) => specifier);
    expect(specifiers).toEqual(["../machine/silent.ts", "#onnxruntime-node"]);
  });

  test("so does LanceDB, and so do the command line and the library", () => {
    for (const entry of ["src/vector-store/lancedb/read-tables.ts", "src/cli/main.ts", "src/index.ts"]) {
      const first = /^(?:import|export).*"([^"]+)";$/m.exec(readFileSync(join(ROOT, entry), "utf8"))![1];
      expect(first, entry).toMatch(/\/machine\/silent\.ts$/);
    }
  });

  test("Python says it before it imports ONNX Runtime, Transformers and their like", () => {
    const reports =
      /^\s*(?:import|from) (?:onnxruntime|transformers|sentence_transformers|optimum|olive|datasets)\b/m;
    const scripts = files(".py").filter(({ text }) => reports.test(text));
    expect(scripts.length).toBeGreaterThan(5);
    const late = scripts.filter(({ text }) => {
      const said = /^\s*import silent\b|ORT_DISABLE_TELEMETRY="1"/m.exec(text);
      return !said || said.index > reports.exec(text)!.index;
    });
    expect(late.map(({ name }) => name)).toEqual([]);
  });
});
