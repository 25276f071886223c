import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Contender } from "../encoder-speed.ts";

const SCRIPT: string = join(import.meta.dirname, "..", "peers", "encoder_peers.py");

interface Reply {
  seconds: number;
  rssMb: number;
}

export interface PeerOptions {
  checkpoint: string;
  work: string;
  threads: number;
  calibration: string;
  prefix: string;
}

/** A process of `peers/encoder_peers.py`, which waits while others are timed. */
export class PythonPeer implements Contender {
  readonly name: string;
  readonly sizeBytes: number;
  readonly #process: ChildProcess;
  readonly #replies: AsyncIterator<string>;

  private constructor(
    name: string,
    process: ChildProcess,
    replies: AsyncIterator<string>,
    sizeBytes: number,
  ) {
    this.name = name;
    this.#process = process;
    this.#replies = replies;
    this.sizeBytes = sizeBytes;
  }

  /** Makes what the method needs, if it isn't there, and loads it. */
  static async start(python: string, method: string, options: PeerOptions): Promise<PythonPeer> {
    const { checkpoint, work, threads, calibration, prefix } = options;
    const process = spawn(python, [SCRIPT, method, checkpoint, work, String(threads), calibration, prefix], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const replies = createInterface({ input: process.stdout })[Symbol.asyncIterator]();
    const ready = await answer<{ sizeBytes: number }>(method, replies);
    return new PythonPeer(method, process, replies, ready.sizeBytes);
  }

  async encode(file: string, out?: string): Promise<Reply> {
    const command = out === undefined ? ["time", file] : ["encode", file, out];
    this.#process.stdin!.write(`${command.join("\t")}\n`);
    return answer<Reply>(this.name, this.#replies);
  }

  async close(): Promise<void> {
    this.#process.stdin!.end();
    await new Promise((resolve) => this.#process.once("exit", resolve));
  }
}

async function answer<T>(method: string, replies: AsyncIterator<string>): Promise<T> {
  const { value, done } = await replies.next();
  if (done) throw new Error(`peer ${method} ended without an answer`);
  return JSON.parse(value as string) as T;
}
