import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { PickleReader } from "../../../src/optimizer/checkpoint/pickle-reader.ts";
import { PytorchFile } from "../../../src/optimizer/checkpoint/pytorch-file.ts";
import { PYTORCH_NAMES, storageOf } from "../../../src/optimizer/checkpoint/pytorch-tensors.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { FORMS } from "../support/checkpoint-forms.ts";

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());

const rules = { allowed: PYTORCH_NAMES, persistent: storageOf };
const read = (bytes: Uint8Array): unknown => new PickleReader(bytes, rules).read();
const latin = (text: string): Buffer => Buffer.from(text, "latin1");

/** The first three pickles of PyTorch's legacy form, as `torch.save` writes them. */
const LEGACY_HEAD = Buffer.concat([
  latin("\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."),
  latin("\x80\x02M\xe9\x03."),
  latin("\x80\x02}."),
]);

describe("a pickle that asks for code is refused by the name of what it asks for", () => {
  test.each([
    ["os.system, protocol 0", "cposix\nsystem\n(S'touch pwned'\ntR."],
    ["eval, protocol 2", "\x80\x02c__builtin__\neval\nX\x01\x00\x00\x001\x85R."],
    ["exec by STACK_GLOBAL, protocol 4", "\x80\x04\x8c\x08builtins\x8c\x04exec\x93\x8c\x011\x85R."],
    ["a class of its own", "\x80\x02cevil\nTensor\n)\x81."],
    [
      "getattr on an allowed name",
      "\x80\x02c__builtin__\ngetattr\nccollections\nOrderedDict\nX\x01\x00\x00\x00a\x86R.",
    ],
    ["torch.load within torch.load", "\x80\x02ctorch.storage\n_load_from_bytes\nC\x01x\x85R."],
    ["an attribute of an allowed module", "\x80\x02ccollections\ndeque\n)R."],
  ])("%s", async (_, text) => {
    expect(() => read(latin(text))).toThrow(
      /asks for (posix|__builtin__|builtins|evil|torch\.storage|collections)\./,
    );
    const path = join(folder.path, "evil.bin");
    writeFileSync(path, Buffer.concat([LEGACY_HEAD, latin(text)]));
    await expect(PytorchFile.open(path)).rejects.toMatchObject({
      code: "bad-input",
      message: expect.stringMatching(/evil\.bin.*asks for .*use safetensors/),
    });
    expect(existsSync("pwned")).toBe(false);
  });

  test("a whole module that PyTorch saved", async () => {
    await expect(PytorchFile.open(join(FORMS, "module.bin"))).rejects.toMatchObject({
      message: expect.stringContaining("torch.nn.modules.linear.Linear"),
    });
  });

  test("an opcode that builds an instance in the old way, or reaches for an extension registry", () => {
    expect(() => read(latin("(iposix\nsystem\n."))).toThrow(/opcode 0x69/);
    expect(() => read(latin("\x80\x02\x82\x01."))).toThrow(/opcode 0x82/);
  });

  test("calls of plain types, and outside objects that are no storages", () => {
    expect(() => read(latin("\x80\x02ctorch\nFloatStorage\n)R."))).toThrow(/calls a type/);
    expect(() => read(latin("\x80\x02X\x01\x00\x00\x00aQ."))).toThrow(/no storage/);
    expect(() => read(latin("\x80\x02K\x01)R."))).toThrow(/no name/);
  });
});

describe("plain values", () => {
  test.each([
    [
      "numbers",
      "\x80\x02(K\x07M\x01\x02J\xff\xff\xff\xffG?\xf0\x00\x00\x00\x00\x00\x00\x8a\x01\xfet.",
      [7, 513, -1, 1, -2],
    ],
    ["protocol 0", "(I42\nI01\nF2.5\nL5L\nV\xe9t\nNl.", [42, true, 2.5, 5, "ét", null]],
    [
      "a dictionary",
      "\x80\x02}(X\x01\x00\x00\x00aK\x01X\x01\x00\x00\x00bK\x02u.",
      new Map([
        ["a", 1],
        ["b", 2],
      ]),
    ],
    ["memory", "\x80\x02X\x01\x00\x00\x00aq\x00h\x00\x86.", ["a", "a"]],
    ["an ordered dictionary", "\x80\x02ccollections\nOrderedDict\n)R.", new Map()],
  ])("%s", (_, text, value) => {
    expect(read(latin(text))).toEqual(value);
  });

  test("a whole number of eighty bits is exact", () => {
    expect(read(latin("\x80\x02\x8a\x0b\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01."))).toBe(2n ** 80n);
  });

  test("bytes at random end in a value or an error, never in anything else", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), (bytes) => {
        try {
          read(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
    );
  });
});
