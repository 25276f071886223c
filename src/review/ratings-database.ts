import { DatabaseSync, type StatementSync } from "node:sqlite";
import { systemError } from "../terminology/system-errors.ts";
import { TermduetError } from "../terminology/termduet-error.ts";

/** A rating that somebody gave, or took back. */
export interface RatingEvent {
  /** Made by who sends it: the same id sent again is the same rating. */
  id: string;
  entry: string;
  cui: string;
  reviewer: string;
  /** 0 to 5; null where the reviewer has no rating any more. */
  rating: number | null;
  /** The event that this one takes back. */
  undoes?: string | undefined;
}

/** What a reviewer thinks of a pair now. */
export interface CurrentRating {
  entry: string;
  cui: string;
  reviewer: string;
  rating: number;
  /** ISO 8601, UTC. */
  at: string;
  id: string;
}

/** A rating that can be undone, and what stood there before. */
export interface UndoableRating {
  id: string;
  entry: string;
  cui: string;
  previous: number | null;
}

const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE IF NOT EXISTS events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    entry TEXT NOT NULL,
    cui TEXT NOT NULL,
    reviewer TEXT NOT NULL,
    rating INTEGER CHECK (rating BETWEEN 0 AND 5),
    previous INTEGER,
    undoes TEXT UNIQUE,
    at TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS events_by_reviewer ON events (reviewer, seq);
  CREATE TABLE IF NOT EXISTS current (
    entry TEXT NOT NULL,
    cui TEXT NOT NULL,
    reviewer TEXT NOT NULL,
    rating INTEGER,
    at TEXT NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (entry, cui, reviewer)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS review (id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
  INSERT INTO review SELECT lower(hex(randomblob(8))) WHERE NOT EXISTS (SELECT 1 FROM review);
`;

/**
 * The ratings of a review, in a file of SQLite beside the alignment. Every event is kept; `current` is what they come
 * to. What `add` has returned from is on the disk (write-ahead log, synchronous), so a killed process loses nothing that
 * was acknowledged, and several processes may have it open.
 */
export class RatingsDatabase implements Disposable {
  readonly #db: DatabaseSync;
  readonly #path: string;
  readonly #statements = new Map<string, StatementSync>();

  private constructor(path: string, db: DatabaseSync) {
    this.#path = path;
    this.#db = db;
  }

  /** Errors: `bad-input` for a file that is no such database, `unavailable` where it can't be opened. */
  static open(path: string): RatingsDatabase {
    try {
      const db = new DatabaseSync(path, { timeout: 5_000 });
      db.exec(SCHEMA);
      const [check] = Object.values(db.prepare("PRAGMA quick_check(1)").get()!);
      if (check !== "ok")
        throw new TermduetError(
          "bad-input",
          `${path} is damaged (${check}); restore it from a backup, or move it away and import the ratings from CSV`,
        );
      return new RatingsDatabase(path, db);
    } catch (cause) {
      throw databaseError(path, cause);
    }
  }

  /** Tells this review from any other: what a browser has not sent yet must not go to another. */
  get id(): string {
    return this.#all("SELECT id FROM review", {})[0]!["id"] as string;
  }

  /**
   * Keeps the events, all or none; those whose ids are known already are passed over. `at` is when they happened: an
   * event that is older than what a reviewer thinks now is kept, and changes nothing. Without it the event happens now, and is what the
   * reviewer thinks whatever the clock says: one that was ahead for a while must not hold a later rating back.
   * Errors: `conflict` where an id is known with another content, `no-space`, `unavailable`.
   */
  add(
    events: readonly (RatingEvent & { at?: string })[],
    now = new Date(),
  ): { added: number; known: number } {
    try {
      this.#db.exec("BEGIN IMMEDIATE");
      try {
        const added = events.filter((event) => this.#addOne(event, now.toISOString())).length;
        this.#db.exec("COMMIT");
        return { added, known: events.length - added };
      } catch (error) {
        if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
        throw error;
      }
    } catch (cause) {
      throw databaseError(this.#path, cause);
    }
  }

  /** What reviewers think now, of one reviewer or of certain entries where asked for. */
  current({ reviewer, entries }: { reviewer?: string; entries?: readonly string[] } = {}): CurrentRating[] {
    const conditions = ["rating IS NOT NULL"];
    if (reviewer !== undefined) conditions.push("reviewer = :reviewer");
    if (entries) conditions.push("entry IN (SELECT value FROM json_each(:entries))");
    const sql = `SELECT entry, cui, reviewer, rating, at, id FROM current WHERE ${conditions.join(" AND ")} ORDER BY entry, cui, reviewer`;
    return this.#all(sql, {
      ...(reviewer === undefined ? {} : { reviewer }),
      ...(entries ? { entries: JSON.stringify(entries) } : {}),
    }) as unknown as CurrentRating[];
  }

  /** A reviewer's latest ratings that are not taken back, the latest first. */
  undoable(reviewer: string, limit: number): UndoableRating[] {
    const sql = `SELECT id, entry, cui, previous FROM events
      WHERE reviewer = :reviewer AND undoes IS NULL AND id NOT IN (SELECT undoes FROM events WHERE undoes IS NOT NULL)
      ORDER BY seq DESC LIMIT :limit`;
    return this.#all(sql, { reviewer, limit }) as unknown as UndoableRating[];
  }

  /** Copies the ratings as they are now, whoever adds to them meanwhile. */
  copyTo(path: string): void {
    try {
      this.#db.prepare("VACUUM INTO ?").run(path);
    } catch (cause) {
      throw databaseError(path, cause);
    }
  }

  [Symbol.dispose](): void {
    this.#db.close();
  }

  #addOne(
    { id, entry, cui, reviewer, rating, undoes, at: given }: RatingEvent & { at?: string },
    time: string,
  ): boolean {
    const known = this.#one("SELECT entry, cui, reviewer, rating FROM events WHERE id = ?", id);
    if (known) {
      const same =
        known["entry"] === entry &&
        known["cui"] === cui &&
        known["reviewer"] === reviewer &&
        known["rating"] === rating;
      if (same) return false;
      throw new TermduetError("conflict", "a rating with this id is known already, and is another one");
    }
    // Undone twice, from two windows: the first has done it.
    if (undoes !== undefined && this.#one("SELECT 1 FROM events WHERE undoes = ?", undoes)) return false;
    const now = this.#one(
      "SELECT rating, at FROM current WHERE entry = ? AND cui = ? AND reviewer = ?",
      entry,
      cui,
      reviewer,
    );
    const at = given ?? notBefore(time, now?.["at"]);
    this.#statement(
      "INSERT INTO events (id, entry, cui, reviewer, rating, previous, undoes, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    ).run(
      id,
      entry,
      cui,
      reviewer,
      rating,
      (now?.["rating"] as number | null | undefined) ?? null,
      undoes ?? null,
      at,
    );
    this.#statement(
      `INSERT INTO current (entry, cui, reviewer, rating, at, id) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET rating = excluded.rating, at = excluded.at, id = excluded.id WHERE excluded.at >= current.at`,
    ).run(entry, cui, reviewer, rating, at, id);
    return true;
  }

  #one(sql: string, ...values: string[]): Record<string, unknown> | undefined {
    return this.#statement(sql).get(...values) as Record<string, unknown> | undefined;
  }

  #all(sql: string, values: Record<string, string | number>): Record<string, unknown>[] {
    try {
      return this.#statement(sql).all(values) as Record<string, unknown>[];
    } catch (cause) {
      throw databaseError(this.#path, cause);
    }
  }

  #statement(sql: string): StatementSync {
    const statement = this.#statements.get(sql) ?? this.#db.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

function notBefore(time: string, other: unknown): string {
  return typeof other === "string" && other > time ? other : time;
}

function databaseError(path: string, cause: unknown): TermduetError {
  if (cause instanceof TermduetError) return cause;
  const known = systemError(cause, { at: path });
  if (known?.code === "bad-input")
    return new TermduetError(
      "bad-input",
      `${path} is no database of ratings, or is damaged; move it away and import the ratings from CSV`,
      { cause },
    );
  if (known) return known;
  const told = cause instanceof Error ? cause.message : "unknown error";
  return new TermduetError("unavailable", `${path} can't be used (${told})`, { cause });
}
