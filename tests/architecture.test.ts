import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { describe, expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..");

/** What each room may import, besides itself. Rooms come with all that their imports may import. */
const MAY_IMPORT: Record<string, string[]> = {
  "src/terminology": [],
  "src/report": [],
  "src/machine": [],
  "src/text": ["src/terminology"],
  "src/encoder": ["src/text", "src/machine"],
  "src/vector-store": ["src/terminology", "src/machine"],
  "src/retrieval": ["src/encoder", "src/vector-store"],
  "src/alignment": ["src/retrieval", "src/report"],
  "src/evaluation": ["src/retrieval"],
  "src/optimizer": ["src/encoder", "src/evaluation", "src/report"],
  "src/review": ["src/alignment", "src/evaluation"],
  "src/index.ts": ["src/alignment", "src/evaluation"],
  ingest: ["src/alignment", "src/evaluation", "src/optimizer"],
  "search-api": ["src/review", "src/optimizer"],
  "src/cli": ["ingest", "search-api"],
};

function allowed(room: string): Set<string> {
  const rooms = new Set([room]);
  for (const next of MAY_IMPORT[room] ?? []) for (const deeper of allowed(next)) rooms.add(deeper);
  return rooms;
}

function roomOf(path: string): string {
  const [first, second] = relative(ROOT, path).split(sep);
  return first === "src" ? `src/${second}` : first!;
}

function sources(folder: string): string[] {
  const entries = readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true });
  return entries.filter((e) => e.isFile() && e.name.endsWith(".ts")).map((e) => join(e.parentPath, e.name));
}

function importsOf(file: string): string[] {
  const text = readFileSync(file, "utf8");
  const found = [
    ...text.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g),
    ...text.matchAll(/new URL\("(\.[^"]+)"/g),
  ];
  return found.map((match) => resolve(dirname(file), match[1]!));
}

const files = ["src", "ingest", "search-api"].flatMap(sources);

describe("the rooms", () => {
  test("import in one direction", () => {
    // What the package gives to others comes from everywhere.
    const wrong = files
      .filter((file) => roomOf(file) !== "src/index.ts")
      .flatMap((file) =>
        importsOf(file)
          .filter((target) => roomOf(target) !== "src/index.ts" && !allowed(roomOf(file)).has(roomOf(target)))
          .map((target) => `${relative(ROOT, file)} imports ${relative(ROOT, target)}`),
      );
    expect(wrong).toEqual([]);
  });

  test("are all in the table", () => {
    const rooms = new Set(files.map(roomOf).filter((room) => room !== "src/index.ts"));
    expect([...rooms].filter((room) => !(room in MAY_IMPORT))).toEqual([]);
  });

  test("hold no file that has grown past 400 lines", () => {
    const long = files.filter((file) => readFileSync(file, "utf8").split("\n").length > 400);
    expect(long.map((file) => relative(ROOT, file))).toEqual([]);
  });
});

describe("the installation", () => {
  test("has one copy of ONNX Runtime: two in one process can crash it", () => {
    const lock = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8"));
    const copies = Object.keys(lock.packages).filter((path) =>
      path.endsWith("node_modules/onnxruntime-node"),
    );
    expect(copies).toEqual(["node_modules/onnxruntime-node"]);
  });

  test("runs on a Node that is new enough", () => {
    const [major, minor] = process.versions.node.split(".").map(Number);
    expect(major! > 24 || (major === 24 && minor! >= 12)).toBe(true);
  });
});
