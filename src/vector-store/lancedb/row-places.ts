import type { Table } from "@lancedb/lancedb";
import { TermduetError } from "../../terminology/termduet-error.ts";

const FRAGMENT_ROWS = 2 ** 32;

/**
 * From Lance's row ids to our row numbers. A row id is a fragment's number and the place in it; blocks are written and
 * compacted in their order, so in a fragment our numbers count up with the place. That is looked at once, for all rows.
 */
export class RowPlaces {
  readonly #firsts: ReadonlyMap<number, number>;

  private constructor(firsts: ReadonlyMap<number, number>) {
    this.#firsts = firsts;
  }

  static async of(table: Table): Promise<RowPlaces> {
    const firsts = new Map<number, number>();
    for await (const batch of table.query().withRowId().select(["_rowid", "ordinal"])) {
      const ordinals = batch.getChild("ordinal")!;
      for (const [row, rowId] of Array.from(batch.getChild("_rowid")! as Iterable<bigint>).entries()) {
        const fragment = Number(rowId >> 32n);
        const first = (ordinals.get(row) as number) - Number(rowId & 0xffffffffn);
        if (!firsts.has(fragment)) firsts.set(fragment, first);
        else if (firsts.get(fragment) !== first)
          throw new TermduetError("bad-input", "the store's rows are out of order; ingest the release again");
      }
    }
    return new RowPlaces(firsts);
  }

  numberOf(rowId: bigint): number {
    const id = Number(rowId);
    const fragment = Math.floor(id / FRAGMENT_ROWS);
    return this.#firsts.get(fragment)! + (id - fragment * FRAGMENT_ROWS);
  }
}
