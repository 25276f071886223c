import { PickleCursor } from "./pickle-cursor.ts";

/**
 * Python's pickle (protocols 0 to 5) as a stack machine that executes nothing. A pickle names functions to call; here
 * a name must be in the list that the caller gives, and what is listed builds a plain value. Everything else is
 * refused by its name. Opcodes: CPython's `Lib/pickletools.py`.
 */

/** What a listed name of a pickle stands for: makes a value from the arguments of the call. */
export type Constructor = (args: readonly unknown[]) => unknown;

export interface PickleRules {
  /** `module.name` to what it builds. */
  allowed: ReadonlyMap<string, Constructor>;
  /** The value behind a persistent id: PyTorch's storages. */
  persistent: (id: unknown) => unknown;
}

/** A name of the allow-list: a class as a value, or a function that waits to be called. */
export class PickleName {
  readonly name: string;
  readonly make: Constructor;
  constructor(name: string, make: Constructor) {
    this.name = name;
    this.make = make;
  }
}

const MARK = Symbol("mark");
const latin1 = new TextDecoder("latin1");
const utf8 = new TextDecoder("utf-8");

/** Reads pickles that stand one after the other in a byte array. Errors are `Error`s that say what is refused. */
export class PickleReader {
  readonly #cursor: PickleCursor;
  readonly #rules: PickleRules;
  #stack: unknown[] = [];
  #memo = new Map<number, unknown>();

  constructor(bytes: Uint8Array, rules: PickleRules, position = 0) {
    this.#cursor = new PickleCursor(bytes, position);
    this.#rules = rules;
  }

  /** Where the next pickle starts. */
  get position(): number {
    return this.#cursor.position;
  }

  /** One pickle's value: dictionaries are `Map`s, tuples and lists arrays, bytes `Uint8Array`s. */
  read(): unknown {
    this.#stack = [];
    this.#memo = new Map();
    for (;;) {
      const opcode = this.#cursor.u8();
      if (opcode === 0x2e) return this.#pop(); // STOP
      this.#step(opcode);
    }
  }

  #step(opcode: number): void {
    if (this.#pushConstant(opcode) || this.#pushText(opcode) || this.#collect(opcode)) return;
    switch (opcode) {
      case 0x80: // PROTO
        this.#cursor.u8();
        return;
      case 0x95: // FRAME
        this.#cursor.take(8);
        return;
      case 0x28: // MARK
        this.#stack.push(MARK);
        return;
      case 0x30: // POP
        this.#pop();
        return;
      case 0x31: // POP_MARK
        this.#toMark();
        return;
      case 0x32: // DUP
        this.#stack.push(this.#top());
        return;
      case 0x70: // PUT
        this.#memo.set(Number(this.#cursor.line()), this.#top());
        return;
      case 0x71: // BINPUT
        this.#memo.set(this.#cursor.u8(), this.#top());
        return;
      case 0x72: // LONG_BINPUT
        this.#memo.set(this.#cursor.u32(), this.#top());
        return;
      case 0x94: // MEMOIZE
        this.#memo.set(this.#memo.size, this.#top());
        return;
      case 0x67: // GET
        this.#recall(Number(this.#cursor.line()));
        return;
      case 0x68: // BINGET
        this.#recall(this.#cursor.u8());
        return;
      case 0x6a: // LONG_BINGET
        this.#recall(this.#cursor.u32());
        return;
      case 0x63: // GLOBAL
        this.#global(this.#cursor.line(), this.#cursor.line());
        return;
      case 0x93: {
        // STACK_GLOBAL
        const name = this.#pop();
        this.#global(String(this.#pop()), String(name));
        return;
      }
      case 0x52: // REDUCE
      case 0x81: // NEWOBJ
        this.#call();
        return;
      case 0x62: // BUILD: the attributes of an object; PyTorch hangs `_metadata` on a state dict
        this.#pop();
        return;
      case 0x51: // BINPERSID
        this.#stack.push(this.#rules.persistent(this.#pop()));
        return;
      case 0x50: // PERSID
        this.#stack.push(this.#rules.persistent(this.#cursor.line()));
        return;
      default:
        throw new Error(`opcode 0x${opcode.toString(16)} at byte ${this.#cursor.position - 1} is not read`);
    }
  }

  #pushConstant(opcode: number): boolean {
    const value = this.#constant(opcode);
    if (value === undefined) return false;
    this.#stack.push(value);
    return true;
  }

  #constant(opcode: number): unknown {
    switch (opcode) {
      case 0x4e: // NONE
        return null;
      case 0x88: // NEWTRUE
        return true;
      case 0x89: // NEWFALSE
        return false;
      case 0x49: // INT
        return integer(this.#cursor.line());
      case 0x4c: // LONG
        return integer(this.#cursor.line().replace(/L$/, ""));
      case 0x46: // FLOAT
        return Number(this.#cursor.line());
      case 0x47: // BINFLOAT
        return this.#cursor.float64();
      case 0x4a: // BININT
        return this.#cursor.i32();
      case 0x4b: // BININT1
        return this.#cursor.u8();
      case 0x4d: // BININT2
        return this.#cursor.u16();
      case 0x8a: // LONG1
        return this.#cursor.long(this.#cursor.u8());
      case 0x8b: // LONG4
        return this.#cursor.long(this.#cursor.u32());
      default:
        return undefined;
    }
  }

  #pushText(opcode: number): boolean {
    switch (opcode) {
      case 0x53: // STRING
        this.#stack.push(this.#cursor.line().slice(1, -1));
        return true;
      case 0x56: // UNICODE
        this.#stack.push(this.#cursor.line());
        return true;
      case 0x54: // BINSTRING
        this.#stack.push(latin1.decode(this.#cursor.take(this.#cursor.u32())));
        return true;
      case 0x55: // SHORT_BINSTRING
        this.#stack.push(latin1.decode(this.#cursor.take(this.#cursor.u8())));
        return true;
      case 0x58: // BINUNICODE
        this.#stack.push(utf8.decode(this.#cursor.take(this.#cursor.u32())));
        return true;
      case 0x8c: // SHORT_BINUNICODE
        this.#stack.push(utf8.decode(this.#cursor.take(this.#cursor.u8())));
        return true;
      case 0x8d: // BINUNICODE8
        this.#stack.push(utf8.decode(this.#cursor.take(this.#cursor.u64())));
        return true;
      case 0x42: // BINBYTES
        this.#stack.push(this.#cursor.take(this.#cursor.u32()));
        return true;
      case 0x43: // SHORT_BINBYTES
        this.#stack.push(this.#cursor.take(this.#cursor.u8()));
        return true;
      case 0x8e: // BINBYTES8
        this.#stack.push(this.#cursor.take(this.#cursor.u64()));
        return true;
      default:
        return false;
    }
  }

  #collect(opcode: number): boolean {
    switch (opcode) {
      case 0x5d: // EMPTY_LIST
      case 0x29: // EMPTY_TUPLE
        this.#stack.push([]);
        return true;
      case 0x7d: // EMPTY_DICT
        this.#stack.push(new Map());
        return true;
      case 0x8f: // EMPTY_SET
        this.#stack.push(new Set());
        return true;
      case 0x6c: // LIST
      case 0x74: // TUPLE
        this.#stack.push(this.#toMark());
        return true;
      case 0x64: // DICT
        this.#stack.push(pairs(new Map(), this.#toMark()));
        return true;
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: // TUPLE3
        this.#stack.push(this.#popMany(opcode - 0x84));
        return true;
      case 0x61: // APPEND
        this.#append([this.#pop()]);
        return true;
      case 0x65: // APPENDS
        this.#append(this.#toMark());
        return true;
      case 0x90: // ADDITEMS
        this.#append(this.#toMark());
        return true;
      case 0x73: // SETITEM
        this.#setItems(this.#popMany(2));
        return true;
      case 0x75: // SETITEMS
        this.#setItems(this.#toMark());
        return true;
      default:
        return false;
    }
  }

  #append(items: unknown[]): void {
    const target = this.#top();
    if (Array.isArray(target)) for (const item of items) target.push(item);
    else if (target instanceof Set) for (const item of items) target.add(item);
    else throw new Error("it appends to something that is no list");
  }

  #setItems(items: unknown[]): void {
    const target = this.#top();
    if (!(target instanceof Map)) throw new Error("it sets items of something that is no dictionary");
    pairs(target, items);
  }

  #global(module: string, name: string): void {
    const path = `${module}.${name}`;
    const make = this.#rules.allowed.get(path);
    if (!make) throw new Error(`it asks for ${path}, which is no part of saved weights`);
    this.#stack.push(new PickleName(path, make));
  }

  #call(): void {
    const args = this.#pop();
    const callable = this.#pop();
    if (!(callable instanceof PickleName)) throw new Error("it calls something that has no name");
    if (!Array.isArray(args)) throw new Error(`it calls ${callable.name} without arguments`);
    this.#stack.push(callable.make(args));
  }

  #recall(key: number): void {
    if (!this.#memo.has(key)) throw new Error(`it recalls a value (${key}) that it never kept`);
    this.#stack.push(this.#memo.get(key));
  }

  #toMark(): unknown[] {
    const at = this.#stack.lastIndexOf(MARK);
    if (at < 0) throw new Error("it closes a collection that it never opened");
    const items = this.#stack.splice(at);
    return items.slice(1);
  }

  #popMany(count: number): unknown[] {
    if (this.#stack.length < count) throw new Error("its stack is empty");
    return this.#stack.splice(this.#stack.length - count);
  }

  #pop(): unknown {
    return this.#popMany(1)[0];
  }

  #top(): unknown {
    if (this.#stack.length === 0) throw new Error("its stack is empty");
    return this.#stack.at(-1);
  }
}

function integer(text: string): number | boolean {
  if (text === "01") return true;
  if (text === "00") return false;
  return Number(text);
}

function pairs(target: Map<unknown, unknown>, items: readonly unknown[]): Map<unknown, unknown> {
  for (let i = 0; i + 1 < items.length; i += 2) target.set(items[i], items[i + 1]);
  return target;
}
