import { statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { crc32 } from "node:zlib";
import { systemError } from "../../terminology/system-errors.ts";
import { TermduetError } from "../../terminology/termduet-error.ts";
import { DamagedFileError } from "./damaged-file.ts";

const DATABASE = "store.sqlite";
const WAIT_MS = 30_000;

/** What is kept: of metadata the JSON of each key, of aliases the collection, of collections the JSON of their description. */
export type StoreTable = "metadata" | "aliases" | "collections";
const STORE_TABLES: readonly StoreTable[] = ["metadata", "aliases", "collections"];

const SCHEMA = STORE_TABLES.map(
  (table) =>
    `CREATE TABLE IF NOT EXISTS ${table} (key TEXT PRIMARY KEY, value TEXT NOT NULL, sum INTEGER NOT NULL) STRICT, WITHOUT ROWID;`,
).join("\n");

/**
 * The release records, aliases and descriptions of collections of a store, in a file of SQLite (write-ahead log, synchronous):
 * what a call has returned from is on the disk, all of a transaction or nothing of it, and any number of processes may write.
 * Each value is under a checksum of its own, because SQLite keeps none.
 */
export class StoreDatabase implements Disposable {
  readonly #path: string;
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  /** Why it can be read alone. */
  readonly #refusal: TermduetError | undefined;

  private constructor(path: string, db: DatabaseSync, refusal?: TermduetError) {
    this.#path = path;
    this.#db = db;
    this.#refusal = refusal;
  }

  /** Errors: `bad-input` for a damaged file, `unavailable`. */
  static open(path: string): StoreDatabase {
    return told(path, "opening it", () => {
      const db = new DatabaseSync(path, { timeout: WAIT_MS });
      try {
        db.exec(
          `PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 200; ${SCHEMA}`,
        );
        const [check] = Object.values(db.prepare("PRAGMA quick_check(1)").get()!);
        if (check !== "ok") throw new DamagedFileError(path, String(check));
        return new StoreDatabase(path, db);
      } catch (error) {
        db.close();
        throw error;
      }
    });
  }

  /** Of a store on a medium that can't be written to, or that is full; then `refusal` is what writing it is answered with. */
  static openReadOnly(path: string, refusal?: TermduetError): StoreDatabase {
    return told(path, "opening it", () => {
      const hasLog = (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
      const url = pathToFileURL(path);
      // Without a log nobody writes: SQLite need not make the file by which it agrees with others.
      if (!hasLog) url.searchParams.set("immutable", "1");
      return new StoreDatabase(path, new DatabaseSync(url, { readOnly: true, timeout: WAIT_MS }), refusal);
    });
  }

  /** In memory, for a store of an earlier version that can't be written to. */
  static inMemory(path: string): StoreDatabase {
    const db = new DatabaseSync(":memory:");
    db.exec(SCHEMA);
    return new StoreDatabase(path, db);
  }

  /** Errors: DamagedFileError for a value that is not what was written. */
  all(table: StoreTable): Record<string, string> {
    return told(this.#path, `reading ${table}`, () => {
      const rows = this.#statement(`SELECT key, value, sum FROM ${table} ORDER BY key`).all();
      return Object.fromEntries(rows.map((row) => [String(row["key"]), this.#checked(table, row)]));
    });
  }

  get(table: StoreTable, key: string): string | undefined {
    return told(this.#path, `reading ${table}`, () => {
      const row = this.#statement(`SELECT key, value, sum FROM ${table} WHERE key = ?`).get(key);
      return row && this.#checked(table, row);
    });
  }

  put(table: StoreTable, key: string, value: string): void {
    told(this.#path, `writing ${key}`, () => {
      if (this.#refusal) throw this.#refusal;
      this.#statement(
        `INSERT INTO ${table} (key, value, sum) VALUES (?, ?, ?)
          ON CONFLICT DO UPDATE SET value = excluded.value, sum = excluded.sum`,
      ).run(key, value, sumOf(key, value));
    });
  }

  delete(table: StoreTable, key: string): void {
    told(this.#path, `deleting ${key}`, () => {
      if (this.#refusal) throw this.#refusal;
      this.#statement(`DELETE FROM ${table} WHERE key = ?`).run(key);
    });
  }

  /** All changes of a call together, or none; no other process writes meanwhile. */
  transaction<T>(doing: string, work: () => T): T {
    return told(this.#path, doing, () => {
      if (this.#refusal) throw this.#refusal;
      this.#db.exec("BEGIN IMMEDIATE");
      try {
        const result = work();
        this.#db.exec("COMMIT");
        return result;
      } catch (error) {
        if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
        throw error;
      }
    });
  }

  /** What is wrong with it, read in full. */
  damages(): string[] {
    try {
      const rows = this.#db.prepare("PRAGMA integrity_check(5)").all();
      const found = rows.flatMap((row) => Object.values(row).map(String)).filter((said) => said !== "ok");
      for (const table of STORE_TABLES) this.all(table);
      return found.map((said) => `${this.#path} is damaged: ${said}`);
    } catch (error) {
      return [error instanceof Error ? error.message : String(error)];
    }
  }

  [Symbol.dispose](): void {
    this.#db.close();
  }

  #checked(table: StoreTable, { key, value, sum }: Record<string, unknown>): string {
    if (sumOf(String(key), String(value)) === sum) return String(value);
    throw new DamagedFileError(this.#path, `${key} of ${table} is not what was written`);
  }

  #statement(sql: string): StatementSync {
    const statement = this.#statements.get(sql) ?? this.#db.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

export function databasePath(store: string): string {
  return join(store, DATABASE);
}

function sumOf(key: string, value: string): number {
  return crc32(`${key}\n${value}`);
}

function told<T>(path: string, doing: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof TermduetError) throw cause;
    const words = cause instanceof Error ? cause.message : String(cause);
    throw (
      systemError(cause, { at: path, doing }) ??
      new TermduetError("internal", `${path} failed while ${doing}: ${words}`, { cause })
    );
  }
}
