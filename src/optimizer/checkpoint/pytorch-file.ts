import { statSync } from "node:fs";
import { listZip } from "../../terminology/files/zip-archive.ts";
import { TermduetError } from "../../terminology/termduet-error.ts";
import { ByteFile } from "../byte-file.ts";
import { ELEMENT_BYTES } from "./float-bytes.ts";
import { PickleReader } from "./pickle-reader.ts";
import { PYTORCH_NAMES, type Storage, storageOf, type TensorView, viewedFloats } from "./pytorch-tensors.ts";
import type { WeightFile } from "./weight-file.ts";

/** Where a storage's elements lie in the file. */
interface Stretch {
  start: number;
  bytes: number;
}

interface Contents {
  tensors: Map<string, TensorView>;
  storages: Map<string, Stretch>;
}

const ZIP_MAGIC = 0x04034b50;
const LEGACY_MAGIC = 0x1950a86a20f9469cfc6cn;
// The pickled part of a legacy file names tensors and types; hundreds of bytes for each of some hundred.
const MAX_PICKLE_BYTES = 64 * 1024 * 1024;

/**
 * A `pytorch_model.bin`: what `torch.save` wrote of a state dict, as a zip archive (since 1.6) or in the legacy form.
 * No code in it is run: see `PickleReader`. Errors: `bad-input`, naming what was asked for or what is damaged.
 */
export class PytorchFile implements WeightFile {
  readonly path: string;
  readonly #file: ByteFile;
  readonly #contents: Contents;

  private constructor(file: ByteFile, contents: Contents) {
    this.path = file.path;
    this.#file = file;
    this.#contents = contents;
  }

  static async open(path: string): Promise<PytorchFile> {
    const file = new ByteFile(path);
    try {
      const { size } = statSync(path);
      const isZip = size > 4 && Buffer.from(file.read(0, 4)).readUInt32LE() === ZIP_MAGIC;
      return new PytorchFile(file, isZip ? await zipContents(file) : legacyContents(file, size));
    } catch (error) {
      file.close();
      throw error;
    }
  }

  get names(): string[] {
    return [...this.#contents.tensors.keys()];
  }

  shape(name: string): number[] {
    return this.#tensor(name).shape;
  }

  floats(name: string): Float32Array {
    const view = this.#tensor(name);
    const stretch = this.#contents.storages.get(view.storage.key);
    if (!stretch) throw damaged(this.path, `the storage of ${name} is not in it`);
    try {
      return viewedFloats(view, (from, length) => {
        if (from + length > stretch.bytes) throw new Error("it reaches beyond its storage");
        return this.#file.read(stretch.start + from, length);
      });
    } catch (cause) {
      if (cause instanceof TermduetError) throw cause;
      throw damaged(this.path, `tensor ${name}: ${(cause as Error).message}`, cause);
    }
  }

  close(): void {
    this.#file.close();
  }

  #tensor(name: string): TensorView {
    const view = this.#contents.tensors.get(name);
    if (!view) throw damaged(this.path, `there is no tensor ${name} in it`);
    return view;
  }
}

async function zipContents(file: ByteFile): Promise<Contents> {
  const range = { path: file.path, start: 0, end: statSync(file.path).size };
  const { members } = await listZip(range, file.path, () => true);
  // Everything lies in one folder, named after the file that was written.
  const inner = new Map(members.map((member) => [member.path.slice(member.path.indexOf("/") + 1), member]));
  const packed = members.find((member) => !member.isStored);
  if (packed) throw damaged(file.path, `${packed.path} is compressed, which PyTorch never does`);
  const stretch = (name: string): Stretch | undefined => {
    const at = inner.get(name)?.range;
    return at && { start: at.start, bytes: at.end - at.start };
  };
  const pickle = stretch("data.pkl");
  if (!pickle) throw damaged(file.path, "there is no data.pkl in it: it is no saved state dict");
  const order = stretch("byteorder");
  if (order && Buffer.from(file.read(order.start, order.bytes)).toString().trim() === "big")
    throw damaged(file.path, "it was written on a big-endian machine; save it again on another");
  const rules = { allowed: PYTORCH_NAMES, persistent: storageOf };
  const value = unpickled(file.path, () =>
    new PickleReader(file.read(pickle.start, pickle.bytes), rules).read(),
  );
  const storages = new Map<string, Stretch>();
  for (const name of inner.keys()) {
    if (name.startsWith("data/")) storages.set(name.slice("data/".length), stretch(name)!);
  }
  return { tensors: stateDict(file.path, value), storages };
}

/** Magic number, version, system and state dict as pickles, then the storages' keys, then count and bytes of each. */
function legacyContents(file: ByteFile, size: number): Contents {
  const bytes = file.read(0, Math.min(size, MAX_PICKLE_BYTES));
  const known = new Map<string, Storage>();
  const persistent = (id: unknown): Storage => {
    const storage = storageOf(id);
    known.set(storage.key, storage);
    return storage;
  };
  const reader = new PickleReader(bytes, { allowed: PYTORCH_NAMES, persistent });
  const next = (): unknown => unpickled(file.path, () => reader.read());
  const magic = next();
  if (magic !== LEGACY_MAGIC) throw damaged(file.path, "it does not start as PyTorch's files do");
  next(); // version of the form
  next(); // sizes of integers on the machine that wrote it
  const tensors = stateDict(file.path, next());
  const storages = new Map<string, Stretch>();
  let position = -1;
  const keys = next();
  position = reader.position;
  for (const key of keys as string[]) {
    const elements = Number(Buffer.from(file.read(position, 8)).readBigInt64LE());
    const width = ELEMENT_BYTES[known.get(key)?.type ?? ""];
    if (width === undefined || elements !== known.get(key)!.elements)
      throw damaged(file.path, `storage ${key} is not as long as its tensors say`);
    storages.set(key, { start: position + 8, bytes: elements * width });
    position += 8 + elements * width;
  }
  if (position > size) throw damaged(file.path, `${size} bytes of ${position}`);
  return { tensors, storages };
}

function unpickled<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw damaged(path, (cause as Error).message, cause);
  }
}

const WRAPPERS = ["state_dict", "model_state_dict", "model"];

/** The tensors of a state dict by name, or of the one that a training checkpoint wraps. */
function stateDict(path: string, value: unknown): Map<string, TensorView> {
  if (!(value instanceof Map)) throw damaged(path, "it holds no state dict");
  const wrapper = WRAPPERS.find((key) => value.get(key) instanceof Map);
  const entries = wrapper === undefined ? value : (value.get(wrapper) as Map<unknown, unknown>);
  const tensors = new Map<string, TensorView>();
  for (const [name, view] of entries) {
    if (typeof name === "string" && view !== null && typeof view === "object" && "storage" in view)
      tensors.set(name, view as TensorView);
  }
  if (tensors.size === 0) throw damaged(path, "it holds no tensor");
  return tensors;
}

function damaged(path: string, reason: string, cause?: unknown): TermduetError {
  const hint = "only plain weights are read; use safetensors, or fetch the file again";
  return new TermduetError("bad-input", `${path} can't be read: ${reason}; ${hint}`, { cause });
}
