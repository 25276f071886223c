import type { ReleaseRecord } from "../../src/vector-store/release-record.ts";
import type { IngestOptions } from "../ingest-options.ts";
import type { ConceptCounts } from "../join/build-concepts.ts";
import type { AddedCounts } from "../read/added-rows.ts";
import type { AtomCounts } from "../read/atom-counts.ts";
import type { DefinitionsResult } from "../write/build-definitions.ts";
import type { StringsResult } from "../write/build-strings.ts";
import { definitionsRecord, definitionTargets, type EncoderTarget } from "../write/encoder-targets.ts";

export interface WrittenRelease {
  options: Pick<IngestOptions, "dataset" | "release" | "source" | "filters">;
  generation: number;
  fingerprint: string;
  /** Name of the collection that has the content. */
  name: (content: string) => string;
  /** Atoms that the release keeps. */
  kept: AtomCounts;
  rejects: number;
  added: AddedCounts | undefined;
  concepts: ConceptCounts;
  targets: readonly EncoderTarget[];
  strings: StringsResult;
  definitions: DefinitionsResult | undefined;
}

/** The record of a release that has been written, as `releases list` shows it and as a search reads it. */
export function describeRelease(written: WrittenRelease): ReleaseRecord {
  const { options, generation, fingerprint, name, kept, concepts, targets, strings, definitions } = written;
  const { filters } = options;
  const { bySty, standing } = concepts;
  return {
    dataset: options.dataset,
    release: options.release,
    generation,
    fingerprint,
    source: options.source,
    filters: {
      sab: [...(filters.sab ?? [])],
      lat: [...(filters.lat ?? [])],
      sty: [...(filters.sty ?? [])],
      includeSuppressed: filters.includeSuppressed ?? false,
    },
    ingestedAt: new Date().toISOString(),
    counts: { ...kept, rejects: written.rejects, bySty, strings: strings.count, concepts: concepts.concepts },
    standing,
    ...(written.added ? { added: written.added } : {}),
    encoders: targets.map(({ pool, collection }, i) => {
      const { manifest, hash } = pool.folder;
      const { dimension, id } = manifest;
      return { id, hash, dimension, collection, ...strings.encoders[i]! };
    }),
    strings: name("strings"),
    concepts: name("concepts"),
    ...(definitions
      ? {
          definitions: definitionsRecord(
            name("definitions"),
            definitions.count,
            definitionTargets(targets, name),
          ),
        }
      : {}),
  };
}
