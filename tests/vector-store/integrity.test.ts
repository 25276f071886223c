import { execFile } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LockHeld, tryLock } from "../../src/machine/held-lock.ts";
import { CheckedFile, damagesOf, sealSums } from "../../src/vector-store/embedded/checked-file.ts";
import { openStore } from "../../src/vector-store/open-store.ts";
import { flipped } from "../support/damage.ts";
import { clusteredVectors } from "../support/random-vectors.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const BLOCK = 4096;

describe("a file under checksums", () => {
  test("holds what was written last at each place, and any byte that changes is seen", () => {
    const write = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 3 * BLOCK }), fc.nat(255));
    const check = fc.property(fc.array(write, { minLength: 1, maxLength: 5 }), fc.nat(), (writes, where) => {
      using folder = temporaryFolder();
      const path = join(folder.path, "f");
      CheckedFile.create(path);
      let model = Buffer.alloc(0);
      for (const [at, length, byte] of writes) {
        using file = CheckedFile.open(path);
        const position = at % (model.length + 1);
        file.write(position, Buffer.alloc(length, byte));
        model = Buffer.concat([model.subarray(0, position), Buffer.alloc(length, byte)]);
        const read = Buffer.alloc(model.length);
        expect(file.read(read, 0, read.length, 0)).toBe(model.length);
        expect(read.equals(model)).toBe(true);
      }
      sealSums(path);
      expect(damagesOf(path)).toEqual([]);
      if (model.length === 0) return;
      flipped(path, where % model.length);
      expect(damagesOf(path)).toHaveLength(1);
      using file = CheckedFile.open(path);
      expect(() => file.read(Buffer.alloc(model.length), 0, model.length, 0)).toThrow(/damaged.*--restart/);
    });
    fc.assert(check, { numRuns: 30 });
  });

  test("does not count what a loss of power left beyond what was vouched for", () => {
    using folder = temporaryFolder();
    const path = join(folder.path, "f");
    CheckedFile.create(path);
    {
      using file = CheckedFile.open(path);
      file.write(0, Buffer.alloc(20_000, 1));
    }
    const sums = readFileSync(`${path}.sums`);
    {
      using file = CheckedFile.open(path);
      file.write(20_000, Buffer.alloc(50_000, 2));
    }
    // The bytes are there, their checksums are not.
    writeFileSync(`${path}.sums`, sums);
    using file = CheckedFile.open(path);
    expect(file.size).toBe(20_000);
    file.write(20_000, Buffer.alloc(1, 3));
    const read = Buffer.alloc(30_000);
    expect(file.read(read, 0, read.length, 0)).toBe(20_001);
    expect(read[20_000]).toBe(3);
  });

  test("counts a change whose checksums were cut as not made", () => {
    using folder = temporaryFolder();
    const path = join(folder.path, "f");
    CheckedFile.create(path);
    {
      using file = CheckedFile.open(path);
      file.write(0, Buffer.alloc(10, 1));
      file.write(10, Buffer.alloc(2 * BLOCK, 2));
    }
    // The slot got to the disk, the entries that belong to it did not.
    const sums = readFileSync(`${path}.sums`);
    writeFileSync(`${path}.sums`, sums.subarray(0, sums.length - 8));
    using file = CheckedFile.open(path);
    expect(file.size).toBe(10);
  });
});

const DIMENSION = 16;

/** A store with a collection of vectors that has codes, and one of documents. */
async function smallStore(path: string): Promise<void> {
  await using store = await openStore(`lancedb:${path}`);
  const count = 10_400;
  const ids = Array.from({ length: count }, (_, i) => `id-${i}`);
  const fields = { sab: ids.map((_, i) => [i % 2 ? "A" : "B"]), bucket: ids.map((_, i) => i) };
  await store.createCollection({
    name: "v",
    dimension: DIMENSION,
    fields: { sab: "keywords", bucket: "integer" },
  });
  await store.createCollection({ name: "d", fields: { norm: "text" } });
  const vectors = clusteredVectors(count, DIMENSION, 5);
  await store.writeBlock("v", { number: 0, firstOrdinal: 0, ids, fields, vectors });
  const norm = ids.map((_, i) => `word${i} common`);
  const bodies = ids.map((id) => JSON.stringify({ id }));
  await store.writeBlock("d", { number: 0, firstOrdinal: 0, ids, fields: { norm }, bodies });
  for (const name of ["v", "d"]) await store.finishCollection(name);
}

describe("a damaged store", () => {
  test.each([
    ["rows/v.vectors", "v"],
    ["rows/v.blocks", "v"],
    ["rows/v.fields", "v"],
    ["rows/d.ends", "d"],
    ["rows/d.bodies", "d"],
    ["rows/d.bodies.sums", "d"],
  ])("is known by the file that is wrong (%s), and gives nothing of it", async (file, name) => {
    using own = temporaryFolder();
    await smallStore(own.path);
    flipped(join(own.path, file), 5);
    await using store = await openStore(`lancedb:${own.path}`);
    const { damages } = await store.integrity!(name);
    expect(damages.join()).toContain(join(own.path, file));
    const all = async (): Promise<void> => {
      for await (const _ of store.blocks(name, 1000));
    };
    if (!file.endsWith(".sums")) await expect(all()).rejects.toMatchObject({ code: "bad-input" });
  });

  test("answers right although an index is wrong or gone: it is made again", async () => {
    using own = temporaryFolder();
    await smallStore(own.path);
    const query = clusteredVectors(1, DIMENSION, 9);
    const answers = async (): Promise<unknown> => {
      await using store = await openStore(`lancedb:${own.path}`);
      return [
        await store.search("v", query, { limit: 5 }),
        await store.search("v", query, { limit: 5, filter: { sab: ["A"] } }),
        await store.findByWords("d", "norm", ["word77"], 5),
        await store.find("d", "id", ["id-3"], 1),
        await store.count("v", { sab: ["B"] }),
      ];
    };
    const right = await answers();
    for (const name of ["v", "d"]) {
      const folder = join(own.path, "index", name);
      for (const file of readdirSync(folder).filter((f) => !f.endsWith(".sums"))) {
        flipped(join(folder, file), 1);
        expect(await answers()).toEqual(right);
        rmSync(join(folder, file));
        expect(await answers()).toEqual(right);
        await using store = await openStore(`lancedb:${own.path}`);
        await store.integrity!(name);
        // Wrong where no answer looked, which the check finds.
        flipped(join(folder, file), 2);
        expect((await store.integrity!(name)).mended.join()).toContain(file);
        expect(await store.integrity!(name)).toEqual({ damages: [], mended: [], checked: true });
      }
    }
  }, 240_000);

  test("says that a value of its records is not what was written", async () => {
    using own = temporaryFolder();
    {
      await using store = await openStore(`lancedb:${own.path}`);
      await store.putMetadata("release/d/1/1", { word: "something-to-be-found" });
    }
    const path = join(own.path, "store.sqlite");
    flipped(path, readFileSync(path).indexOf("something-to-be-found"));
    await using store = await openStore(`lancedb:${own.path}`);
    expect((await store.recordDamages!()).join()).toContain("release/d/1/1");
    await expect(store.metadata()).rejects.toMatchObject({ code: "bad-input" });
  });
});

describe("records of a store", () => {
  test("are moved over from the files of an earlier version, which stay as they are until that has succeeded", async () => {
    using own = temporaryFolder();
    mkdirSync(own.path, { recursive: true });
    const file = (name: string): string => join(own.path, `${name}.json`);
    writeFileSync(file("metadata"), '{"release/d/1/1":{"a":1}}');
    writeFileSync(file("collections"), '{"d_1__strings":{"name":"d_1__strings","fields":{}}}');
    writeFileSync(file("aliases"), "{");
    await expect(openStore(`lancedb:${own.path}`)).rejects.toMatchObject({ code: "bad-input" });
    expect(readFileSync(file("metadata"), "utf8")).toBe('{"release/d/1/1":{"a":1}}');
    writeFileSync(file("aliases"), '{"d__strings":"d_1__strings"}');
    await using store = await openStore(`lancedb:${own.path}`);
    expect(await store.metadata()).toEqual({ "release/d/1/1": { a: 1 } });
    expect(await store.aliases()).toEqual({ d__strings: "d_1__strings" });
    expect(await store.collections()).toEqual(["d_1__strings"]);
    expect(existsSync(file("metadata"))).toBe(false);
  });

  test("lose nothing that four processes write at once", async () => {
    using own = temporaryFolder();
    const module = join(import.meta.dirname, "..", "..", "src", "vector-store", "open-store.ts");
    const script = `
      const { openStore } = await import(${JSON.stringify(module)});
      const store = await openStore("lancedb:" + process.argv[1]);
      for (let i = 0; i < 50; i++) await store.putMetadata(process.argv[2] + "/" + i, { i });
      await store[Symbol.asyncDispose]();`;
    const run = promisify(execFile);
    await Promise.all(
      ["a", "b", "c", "d"].map((who) =>
        run(process.execPath, ["--input-type=module", "-e", script, own.path, who]),
      ),
    );
    await using store = await openStore(`lancedb:${own.path}`);
    expect(Object.keys(await store.metadata())).toHaveLength(200);
  });
});

describe("a lock", () => {
  test("is refused with the name of who holds it, in the same process too, until that lets go", () => {
    using folder = temporaryFolder();
    const lock = tryLock(folder.path, "d", "an ingest of d 1");
    const second = tryLock(folder.path, "D", "another");
    expect(second).toBeInstanceOf(LockHeld);
    expect((second as LockHeld).holder).toMatch(/^an ingest of d 1 \(process \d+ on \S+, since .* UTC\)$/);
    (lock as Disposable)[Symbol.dispose]();
    using third = tryLock(folder.path, "d", "another") as Disposable;
    expect(third).not.toBeInstanceOf(LockHeld);
  });

  test("is let go of by the kernel when its process is killed, whatever it wrote", async () => {
    using folder = temporaryFolder();
    const module = join(import.meta.dirname, "..", "..", "src", "machine", "held-lock.ts");
    const script = `
      const { tryLock } = await import(${JSON.stringify(module)});
      tryLock(process.argv[1], "d", "an ingest of d 1");
      console.log("held");
      setInterval(() => undefined, 1000);`;
    const child = execFile(process.execPath, ["--input-type=module", "-e", script, folder.path]);
    await new Promise((resolve) => child.stdout!.once("data", resolve));
    expect(tryLock(folder.path, "d", "x")).toBeInstanceOf(LockHeld);
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await gone;
    appendFileSync(join(folder.path, "d.holder"), "garbage");
    using lock = tryLock(folder.path, "d", "x") as Disposable;
    expect(lock).not.toBeInstanceOf(LockHeld);
  });
});
