import "../../machine/silent.ts";
import "./quiet-logs.ts";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Connection } from "@lancedb/lancedb";
import type { RecordBatch } from "apache-arrow";
import { TermduetError } from "../../terminology/termduet-error.ts";
import { lists } from "../arrow-blocks.ts";
import type { CollectionSpec, FieldValue } from "../vector-store.ts";

const LANCEDB = "@lancedb/lancedb";

/** Values of fields of rows that follow each other. */
export interface FieldRows {
  firstOrdinal: number;
  count: number;
  fields: Record<string, FieldValue[]>;
}

/** The tables of a store of Termduet 0.1, which kept the fields of its rows in LanceDB. */
export class LanceTables implements Disposable {
  readonly #connection: Connection;

  private constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Errors: `unavailable` where LanceDB is not installed: nothing else needs it any more. */
  static async open(store: string): Promise<LanceTables> {
    try {
      const { connect } = (await import(LANCEDB)) as typeof import("@lancedb/lancedb");
      return new LanceTables(await connect(join(store, "tables")));
    } catch (cause) {
      throw new TermduetError(
        "unavailable",
        `converting ${store} needs LanceDB once: npx --package=@lancedb/lancedb@0.31.0 --package=termduet termduet upgrade --store lancedb:${store}`,
        { cause },
      );
    }
  }

  static areIn(store: string): boolean {
    return existsSync(join(store, "tables"));
  }

  /** Fields of all rows of a collection, in the order of the rows. Errors: `bad-input` where rows are missing. */
  async *fieldRows({ name, fields }: CollectionSpec): AsyncGenerator<FieldRows> {
    const table = await this.#connection.openTable(name);
    try {
      const names = Object.keys(fields);
      const waiting = new Map<number, FieldRows>();
      let next = 0;
      for await (const batch of table.query().select(["ordinal", ...names])) {
        const rows = rowsOf(batch, fields);
        waiting.set(rows.firstOrdinal, rows);
        for (let ready = waiting.get(next); ready; ready = waiting.get(next)) {
          waiting.delete(next);
          next += ready.count;
          yield ready;
        }
      }
      if (waiting.size > 0 || next !== (await table.countRows()))
        throw new TermduetError("bad-input", `${name} lacks rows; ingest the release again`);
    } finally {
      table.close();
    }
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }
}

/** Rows of a batch, which Lance gives as they were written: in rising order without gaps. */
function rowsOf(batch: RecordBatch, fields: CollectionSpec["fields"]): FieldRows {
  const ordinals = Array.from(batch.getChild("ordinal")! as Iterable<number>);
  const columns = Object.entries(fields).map(([field, kind]) => {
    const column = batch.getChild(field)!;
    const values: FieldValue[] =
      kind === "keywords" ? lists(column) : Array.from(column as Iterable<FieldValue>);
    return [field, values] as const;
  });
  const firstOrdinal = ordinals[0] ?? 0;
  if (ordinals.some((ordinal, i) => ordinal !== firstOrdinal + i))
    throw new TermduetError("bad-input", "the store's rows are out of order; ingest the release again");
  return { firstOrdinal, count: ordinals.length, fields: Object.fromEntries(columns) };
}
