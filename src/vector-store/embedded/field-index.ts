import { join } from "node:path";
import type { CollectionSpec, FieldKind, FieldValue, Filter } from "../vector-store.ts";
import type { BlockLog } from "./block-log.ts";
import { ByteCache } from "./byte-cache.ts";
import { IntegerColumn } from "./integer-column.ts";
import { TermsMaker } from "./make-terms.ts";
import { TermsFile } from "./terms-file.ts";
import { TextIndex } from "./text-index.ts";

/** Filters of so many bytes are kept, each a bit for every row. */
const FILTER_BYTES = 64 * 2 ** 20;

/** Values of a field, whatever its kind, as the terms that it is found by. */
function termsOf(kind: FieldKind, value: FieldValue): readonly string[] {
  if (kind === "integer") return [];
  return typeof value === "string" ? [value] : [...new Set(value as readonly string[])];
}

/** What the documents or vectors of a collection are found and filtered by: a dictionary for each field. */
export class FieldIndex implements Disposable {
  readonly #folder: string;
  readonly #spec: CollectionSpec;
  readonly #count: number;
  readonly #terms = new Map<string, TermsFile>();
  readonly #texts = new Map<string, TextIndex>();
  readonly #columns = new Map<string, IntegerColumn>();
  readonly #filters = new ByteCache<string, Uint8Array>(FILTER_BYTES);

  constructor(folder: string, spec: CollectionSpec, count: number) {
    this.#folder = folder;
    this.#spec = spec;
    this.#count = count;
  }

  /** Rows that hold one of the values, ascending. */
  rowsOf(field: string, values: readonly string[]): Uint32Array {
    const lists = [...new Set(values)].map((value) => this.terms(field).rowsOf(value));
    if (lists.length === 1) return lists[0]!;
    const all = Uint32Array.from(lists.flatMap((list) => Array.from(list))).sort();
    return all.filter((row, i) => i === 0 || row !== all[i - 1]);
  }

  /** Rows that pass a filter, as bits; undefined for one that lets all pass. */
  filter(filter: Filter | undefined): Uint8Array | undefined {
    const parts = Object.entries(filter ?? {}).map(([field, values]) => this.#oneOf(field, values));
    if (parts.length <= 1) return parts[0];
    const key = `all ${JSON.stringify(Object.entries(filter!).map(([f, v]) => [f, [...v].sort()]))}`;
    return this.#filters.get(key, () => {
      const bits = this.#noRows();
      for (let i = 0; i < bits.length; i++) bits[i] = parts.reduce((all, part) => all & part[i]!, 255);
      return bits;
    });
  }

  terms(field: string): TermsFile {
    return opened(this.#terms, field, () => new TermsFile(join(this.#folder, field)));
  }

  text(field: string): TextIndex {
    return opened(this.#texts, field, () => new TextIndex(join(this.#folder, `${field}.words`)));
  }

  column(field: string): IntegerColumn {
    return opened(this.#columns, field, () => new IntegerColumn(join(this.#folder, `${field}.integers`)));
  }

  [Symbol.dispose](): void {
    for (const file of [...this.#terms.values(), ...this.#texts.values()]) file[Symbol.dispose]();
  }

  #oneOf(field: string, values: readonly string[]): Uint8Array {
    const sorted = [...new Set(values)].sort();
    return this.#filters.get(JSON.stringify([field, sorted]), () => {
      const bits = this.#noRows();
      if (this.#spec.fields[field] === "integer") this.column(field).mark(sorted.map(Number), bits);
      else
        for (const value of sorted)
          for (const row of this.terms(field).rowsOf(value)) bits[row >> 3]! |= 1 << (row & 7);
      return bits;
    });
  }

  /** In memory that the threads which look for vectors can share. */
  #noRows(): Uint8Array {
    return new Uint8Array(new SharedArrayBuffer(Math.ceil(this.#count / 8)));
  }
}

/** Files that `makeFieldIndex` makes. */
export function fieldIndexFiles({ fields, dimension }: CollectionSpec): string[] {
  const terms = (name: string): string[] => [`${name}.terms`, `${name}.rows`];
  const files = Object.entries(fields).flatMap(([field, kind]) => {
    if (kind === "integer") return [`${field}.integers`];
    return kind === "text"
      ? [...terms(field), ...terms(`${field}.words`), `${field}.words.lengths`]
      : terms(field);
  });
  return dimension === undefined ? [...files, ...terms("id")] : files;
}

/** Makes the indexes of all fields in a folder. `onProgress` is told how many are done. */
export function makeFieldIndex(
  folder: string,
  spec: CollectionSpec,
  log: BlockLog,
  ids: Iterable<string>,
  onProgress: (done: number, total: number) => void,
): void {
  const fields = Object.entries<FieldKind>(spec.fields);
  const total = fields.length + 1;
  for (const [done, [field, kind]] of fields.entries()) {
    onProgress(done, total);
    if (kind === "integer") IntegerColumn.write(join(folder, `${field}.integers`), log, field);
    else makeTerms(folder, field, kind, log);
  }
  onProgress(total - 1, total);
  // Vectors are found by their rows alone.
  if (spec.dimension === undefined) {
    const terms = new TermsMaker(join(folder, "id"));
    let row = 0;
    for (const id of ids) terms.add(id, row++);
    terms.finish();
  }
  onProgress(total, total);
}

function makeTerms(folder: string, field: string, kind: FieldKind, log: BlockLog): void {
  const terms = new TermsMaker(join(folder, field));
  const words = kind === "text" ? TextIndex.maker(join(folder, `${field}.words`)) : undefined;
  for (const { block, values } of log.column(field)) {
    for (const [i, value] of values.entries()) {
      const row = block.firstOrdinal + i;
      for (const term of termsOf(kind, value)) terms.add(term, row);
      words?.add(value as string, row);
    }
  }
  terms.finish();
  words?.finish();
}

function opened<T>(files: Map<string, T>, field: string, open: () => T): T {
  const known = files.get(field);
  if (known !== undefined) return known;
  const file = open();
  files.set(field, file);
  return file;
}
