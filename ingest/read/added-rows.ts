import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { type Gloss, readGlosses } from "../../src/terminology/additions/glosses.ts";
import type { Mention } from "../../src/terminology/additions/mention.ts";
import { readMentions } from "../../src/terminology/additions/mention-files.ts";
import type { Atom } from "../../src/terminology/atom.ts";
import { atomId } from "../../src/terminology/atom-id.ts";
import { statOf } from "../../src/terminology/files/file-access.ts";
import {
  fingerprintOf as filesFingerprint,
  type StoredFile,
} from "../../src/terminology/files/fingerprint.ts";
import type { ReleaseRow, ReleaseSource } from "../../src/terminology/release-source.ts";
import { normalizeText } from "../../src/text/normalize.ts";

/** Source (SAB) of the strings that come from annotated mentions. */
export const MENTIONS = "MENTIONS";

export interface Additions {
  /** Files of glosses: explanations of names that a user brings. */
  glosses: readonly string[];
  /** Files of annotated mentions. */
  mentions: readonly string[];
}

/** How much of what a user brings has found a concept. */
export interface AddedCounts {
  glosses: { read: number; joined: number; concepts: number };
  mentions: { read: number; joined: number; concepts: number };
}

/** What stands for nothing in an identifier: `MESH:D009223` is `D009223` of MeSH. */
const PREFIX = /^[A-Za-z][A-Za-z0-9_.-]*[:/]/;
const BATCH = 2000;

/**
 * A release with what a user adds to it: the glosses of its names, by name and language, are definitions of their concepts, with their
 * own source and licence; annotated mentions are names of theirs, with the text in which they stand. What fits no concept is left out.
 * An ingest without the files is without them again.
 */
export class AddedRows {
  readonly counts: AddedCounts = {
    glosses: { read: 0, joined: 0, concepts: 0 },
    mentions: { read: 0, joined: 0, concepts: 0 },
  };
  readonly #files: Additions;

  readonly #keep: (atom: Atom) => boolean;

  /** `keep` says which atoms of the source the release keeps: concepts without one get nothing. */
  constructor(files: Additions | undefined, keep: (atom: Atom) => boolean) {
    this.#files = files ?? { glosses: [], mentions: [] };
    this.#keep = keep;
  }

  get isNothing(): boolean {
    return this.#files.glosses.length + this.#files.mentions.length === 0;
  }

  /** The source itself, where nothing is added. */
  to(source: ReleaseSource): ReleaseSource {
    const { glosses, mentions } = this.#files;
    if (this.isNothing) return source;
    return {
      format: source.format,
      files: source.files,
      fingerprint: async (signal) => {
        const stored = await Promise.all([...glosses, ...mentions].map(storedFiles));
        return `${await source.fingerprint(signal)} + ${await filesFingerprint(stored.flat(), signal)}`;
      },
      rows: (options) => this.#rows(source.rows(options)),
      [Symbol.asyncDispose]: () => source[Symbol.asyncDispose](),
    };
  }

  async *#rows(rows: AsyncGenerator<ReleaseRow[]>): AsyncGenerator<ReleaseRow[], void, undefined> {
    const byName = await this.#glosses();
    const mentions = (await Promise.all(this.#files.mentions.map(readMentions))).flat();
    const wanted = new Map(
      mentions.flatMap(({ ids }) => ids.flatMap(formsOf).map((form) => [form, new Set<string>()])),
    );
    const named = new Map<string, Set<string>>();
    for await (const batch of rows) {
      for (const row of batch) {
        if (row.kind !== "atom" || !this.#keep(row.atom)) continue;
        const { cui, code, lat, str } = row.atom;
        for (const form of [cui, ...formsOf(code)]) wanted.get(form)?.add(cui);
        const name = nameKey(lat, str);
        if (byName.has(name)) named.set(name, (named.get(name) ?? new Set()).add(cui));
      }
      yield batch;
    }
    yield* inBatches(this.#definitions(byName, named));
    yield* inBatches(this.#names(mentions, wanted));
  }

  async #glosses(): Promise<Map<string, Gloss[]>> {
    const byName = new Map<string, Gloss[]>();
    for (const path of this.#files.glosses)
      for await (const gloss of readGlosses(path)) {
        this.counts.glosses.read++;
        const key = nameKey(gloss.lat, gloss.name);
        const known = byName.get(key);
        if (known) known.push(gloss);
        else byName.set(key, [gloss]);
      }
    return byName;
  }

  *#definitions(byName: Map<string, Gloss[]>, named: Map<string, Set<string>>): Generator<ReleaseRow> {
    const concepts = new Set<string>();
    for (const [name, cuis] of named)
      for (const { text, source, licence } of byName.get(name)!) {
        this.counts.glosses.joined++;
        for (const cui of cuis) {
          concepts.add(cui);
          yield { kind: "definition", cui, sab: source, text, added: true, ...(licence ? { licence } : {}) };
        }
      }
    this.counts.glosses.concepts = concepts.size;
  }

  *#names(
    mentions: readonly Mention[],
    wanted: ReadonlyMap<string, ReadonlySet<string>>,
  ): Generator<ReleaseRow> {
    const concepts = new Set<string>();
    this.counts.mentions.read = mentions.length;
    for (const { ids, text, context } of mentions) {
      const cuis = new Set(ids.flatMap(formsOf).flatMap((form) => [...wanted.get(form)!]));
      if (cuis.size > 0) this.counts.mentions.joined++;
      for (const cui of cuis) {
        concepts.add(cui);
        yield { kind: "atom", atom: mentionAtom(cui, text), ...(context === undefined ? {} : { context }) };
      }
    }
    this.counts.mentions.concepts = concepts.size;
  }
}

/** An identifier with and without what names its source; a bare number may be any source's. */
function formsOf(id: string): string[] {
  const bare = id.replace(PREFIX, "");
  return bare === id || /^\d+$/.test(bare) ? [id] : [id, bare];
}

function mentionAtom(cui: string, text: string): Atom {
  const said = { cui, lat: "", sab: MENTIONS, tty: "MENTION", code: "", str: text.normalize("NFC").trim() };
  return { ...said, aui: atomId(said), ts: "S", stt: "VO", isPref: false, srl: 0, suppress: "N" };
}

function nameKey(lat: string, name: string): string {
  return `${lat} ${normalizeText(name)}`;
}

function* inBatches(rows: Iterable<ReleaseRow>): Generator<ReleaseRow[]> {
  let batch: ReleaseRow[] = [];
  for (const row of rows) {
    if (batch.push(row) < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** The files of a path: itself, or those of a folder of BRAT. */
async function storedFiles(path: string): Promise<StoredFile[]> {
  const stats = await statOf(path);
  const names = stats.isDirectory()
    ? (await readdir(path)).filter((name) => /\.(?:ann|txt)$/.test(name))
    : [""];
  return Promise.all(
    names.map(async (name) => {
      const at = name === "" ? path : join(path, name);
      return { path: at, name: `added ${basename(at)}`, bytes: (await statOf(at)).size };
    }),
  );
}
