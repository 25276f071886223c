import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout } from "node:timers/promises";

const BUSY = 5;
const POLL_MS = 100;
/** A database that nobody knows of any more is closed, and its lock let go of: these are known until they are disposed of. */
const held = new Set<DatabaseSync>();

/**
 * A lock that the kernel holds for this process, and lets go of when it ends, however it ends: SQLite's exclusive lock on an
 * empty file. It holds between containers too, which see each other's files but not each other's processes.
 */
export interface HeldLock extends Disposable {
  readonly name: string;
}

/** Who has a lock, in words: what it does, since when, and which process of which machine it is. */
export class LockHeld {
  readonly holder: string;

  constructor(holder: string) {
    this.holder = holder;
  }
}

/** Takes the lock of a name in a folder, or says who has it. `doing` is what others are told meanwhile. */
export function tryLock(folder: string, name: string, doing: string): HeldLock | LockHeld {
  mkdirSync(folder, { recursive: true });
  // Names that differ in case alone would be one file on the disks of Macs and Windows.
  const path = join(folder, name.toLowerCase());
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(`${path}.lock`, { timeout: 0 });
    database.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    database?.close();
    if ((error as { errcode?: number }).errcode === BUSY) return new LockHeld(holderOf(path));
    throw Object.assign(error as Error, { path: `${path}.lock` });
  }
  tellHolder(`${path}.holder`, doing);
  const taken = database;
  held.add(taken);
  return {
    name,
    [Symbol.dispose]: () => {
      held.delete(taken);
      taken.close();
    },
  };
}

/** The same, but waits for the other at most so long. */
export async function waitForLock(
  folder: string,
  name: string,
  doing: string,
  timeoutMs: number,
): Promise<HeldLock | LockHeld> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const lock = tryLock(folder, name, doing);
    if (!(lock instanceof LockHeld) || performance.now() > deadline) return lock;
    await setTimeout(POLL_MS);
  }
}

/** On a full disk nobody is told who has the lock; it holds all the same. */
function tellHolder(path: string, doing: string): void {
  const since = new Date().toISOString().slice(0, 19).replace("T", " ");
  try {
    writeFileSync(path, `${doing} (process ${process.pid} on ${hostname()}, since ${since} UTC)`);
  } catch {
    rmSync(path, { force: true });
  }
}

function holderOf(path: string): string {
  try {
    return readFileSync(`${path}.holder`, "utf8") || "another process";
  } catch {
    return "another process";
  }
}
