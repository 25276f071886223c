import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { InferenceSession } from "../../../src/encoder/onnx-runtime.ts";
import { decodeModel } from "../../../src/optimizer/onnx/decode-model.ts";
import { encodeModel } from "../../../src/optimizer/onnx/encode-model.ts";
import { modelBytes, readModel, storeModel, writeModel } from "../../../src/optimizer/onnx/model-file.ts";
import type { ModelProto } from "../../../src/optimizer/onnx/proto.ts";
import { feedsOf } from "../../../src/optimizer/onnx/running-model.ts";
import { FileData, MadeData, MemoryData } from "../../../src/optimizer/onnx/tensor-data.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { applied, golden, leastCosine, vectorsOf } from "../support/passes.ts";

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());
function at(name: string): string {
  mkdirSync(join(folder.path, name));
  return join(folder.path, name);
}

/** Everything of a model as plain values. */
function contents(model: ModelProto): unknown {
  const tensor = (t: ModelProto["graph"]["initializer"][number]) => ({
    ...t,
    data: Buffer.from(t.data.bytes()).toString("base64"),
  });
  const { graph, ...rest } = model;
  const plain = { ...rest, graph: { ...graph, initializer: graph.initializer.map(tensor) } };
  return JSON.parse(JSON.stringify(plain, (_, v) => (typeof v === "bigint" ? `${v}n` : v)));
}

const passes = [["onnx-conversion"], ["transformer-fusion"], ["fast-int8"]] as const;
const { model } = await applied("tiny-bert", passes);
const sequences = golden("tiny-bert").map(({ ids }) => ids);

describe("a model", () => {
  test("is the same after it was written and read", () => {
    const written = at("inline");
    expect(writeModel(model, written)).toEqual(["model.onnx"]);
    expect(contents(readModel(join(written, "model.onnx")))).toEqual(contents(model));
  });

  test("that is too large for one file has its weights beside it, and ONNX Runtime reads it", async () => {
    const written = at("external");
    expect(writeModel(model, written, 1000)).toEqual(["model.onnx", "model.onnx.data"]);
    expect(statSync(join(written, "model.onnx")).size).toBeLessThan(
      statSync(join(written, "model.onnx.data")).size,
    );
    const read = readModel(join(written, "model.onnx"));
    expect(read.graph.initializer.some((t) => t.data instanceof FileData)).toBe(true);
    expect(contents(read)).toEqual(contents(model));
    const session = await InferenceSession.create(join(written, "model.onnx"));
    const outputs = await session.run(feedsOf([sequences[0]!]));
    const [expected] = await vectorsOf(model, [sequences[0]!]);
    expect(leastCosine([expected!], [outputs["sentence_embedding"]!.data as Float32Array])).toBeGreaterThan(
      0.99999,
    );
    await session.release();
  });

  test("of a chain shares the files of the one before it", async () => {
    const [first, second] = [at("first"), at("second")];
    const converted = await applied("tiny-bert", [["onnx-conversion"], ["transformer-fusion"]]);
    const stored = storeModel(converted.model, first, "a");
    const words = stored.graph.initializer.find((t) => t.name.includes("word_embeddings"))!;
    const replaced = { ...words, data: new MemoryData(words.data.bytes().map((b) => b ^ 1)) };
    const initializer = stored.graph.initializer.map((t) => (t === words ? replaced : t));
    const changed = { ...stored, graph: { ...stored.graph, initializer } };
    const again = storeModel(changed, second, "b");
    expect(readdirSync(second).sort()).toEqual(["a.data", "b.data", "model.onnx"]);
    expect(statSync(join(second, "a.data")).ino).toBe(statSync(join(first, "a.data")).ino);
    expect(statSync(join(second, "b.data")).size).toBe(words.data.byteLength);
    expect(contents(again)).toEqual(contents(changed));
  });

  test("takes the bytes of one tensor at a time", () => {
    let open = 0;
    let most = 0;
    const tensors = Array.from({ length: 5 }, (_, i) => ({
      name: `t${i}`,
      dataType: 1,
      dims: [2000],
      data: new MadeData(8000, () => {
        most = Math.max(most, ++open);
        queueMicrotask(() => open--);
        return new Float32Array(2000).fill(i);
      }),
    }));
    const lazy = { ...model, graph: { ...model.graph, initializer: tensors } };
    encodeModel(lazy);
    expect(most).toBe(0);
    const written = at("lazy");
    writeModel(lazy, written, 1000);
    const read = readModel(join(written, "model.onnx"));
    expect(read.graph.initializer.map((t) => new Float32Array(t.data.bytes().buffer)[7])).toEqual([
      0, 1, 2, 3, 4,
    ]);
  });
});

describe("a file that is no model", () => {
  test.each([
    ["text", Buffer.from("this is not a model at all")],
    ["nothing", Buffer.alloc(0)],
    ["half a model", Buffer.from(modelBytes(model)).subarray(0, 5000)],
  ])("%s is refused in one line", (name, bytes) => {
    const path = join(folder.path, `${name}.onnx`);
    writeFileSync(path, bytes);
    expect(() => readModel(path)).toThrow(/is no ONNX model/);
  });

  test.each(["/etc/passwd", "../secret", "a/../../b", ""])("external data at %j is not read", (location) => {
    const tensor = { name: "t", dataType: 1, dims: [1], data: new MemoryData(new Uint8Array(4)) };
    const outside = { ...model, graph: { ...model.graph, initializer: [tensor] } };
    const chunks = encodeModel(outside, () => ({ location, offset: 0 }));
    const bytes = Buffer.concat(chunks.map((c) => (c instanceof Uint8Array ? c : c.bytes())));
    expect(() => decodeModel(bytes, folder.path)).toThrow(/not beside the model/);
    expect(existsSync(join(folder.path, "secret"))).toBe(false);
  });
});
