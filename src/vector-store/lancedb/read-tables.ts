import "../../machine/silent.ts";
import "./quiet-logs.ts";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Connection, Table } from "@lancedb/lancedb";
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

  /** Fields of all rows of a collection, in the order of the rows, `size` at a time. */
  async *fieldRows({ name, fields }: CollectionSpec, size: number): AsyncGenerator<FieldRows> {
    const table = await this.#connection.openTable(name);
    try {
      const rows = await table.countRows();
      for (let from = 0; from < rows; from += size) {
        const to = Math.min(rows, from + size);
        yield {
          firstOrdinal: from,
          count: to - from,
          fields: await readFields(table, { name, fields }, from, to),
        };
      }
    } finally {
      table.close();
    }
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }
}

async function readFields(
  table: Table,
  { name, fields }: CollectionSpec,
  from: number,
  to: number,
): Promise<Record<string, FieldValue[]>> {
  const names = Object.keys(fields);
  const found = await table
    .query()
    .where(`ordinal >= ${from} AND ordinal < ${to}`)
    .select(["ordinal", ...names])
    .toArrow();
  const ordinals = Array.from((found.getChild("ordinal") ?? []) as Iterable<number>);
  if (ordinals.length !== to - from)
    throw new TermduetError("bad-input", `${name} lacks rows; ingest the release again`);
  const order = [...ordinals.keys()].sort((a, b) => ordinals[a]! - ordinals[b]!);
  const columns = names.map((field) => {
    const isList = fields[field] === "keywords";
    const column = found.getChild(field)!;
    const values: FieldValue[] = isList ? lists(column) : Array.from(column as Iterable<FieldValue>);
    return [field, order.map((row) => values[row]!)] as const;
  });
  return Object.fromEntries(columns);
}
