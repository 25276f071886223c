import type { CollectionInfo } from "./settled-collection.ts";
import type { StoreSettings } from "./store-settings.ts";

// Vectors that pass a filter are compared one by one, by their codes, while the originals of them all are not larger.
const SCANNED_KB = 60_000;
// What is new makes segments of its own, which a search asks too; beyond so many in a shard the server merges the smallest.
const MAX_SEGMENTS = 8;
const SPARE_SEGMENTS = 2;

/**
 * Documents bear a vector of one number, always 0. The server makes only segments with vectors immutable, and keeps the indexes of
 * mutable ones in memory: without it a release of 924,000 strings took 5.4 GB (docs/qdrant.md).
 */
const DOCUMENT_DIMENSION = 1;
/** As it is sent. */
export const DOCUMENT_VECTOR = "[0]";
const BYTES_PER_DOCUMENT = 4;
const DOCUMENTS_PER_SEGMENT = 2_000_000;
const DOCUMENTS_IN_MEMORY = 200_000;
// The least that the server takes.
const AT_ONCE_KB = 1;

/** Dot product, because the vectors are of unit length: for cosines the server would change their bits. */
export function vectorParams(dimension: number | undefined, settings: StoreSettings): object {
  if (dimension === undefined)
    return { size: DOCUMENT_DIMENSION, distance: "Dot", on_disk: true, hnsw_config: { m: 0 } };
  return {
    size: dimension,
    distance: "Dot",
    on_disk: settings["on-disk"],
    hnsw_config: {
      m: settings.m,
      ef_construct: settings["ef-construct"],
      full_scan_threshold: SCANNED_KB,
    },
  };
}

/** Floats of each vector; `undefined` for documents, those of earlier versions, which bear none, among them. */
export function dimensionOf(vectors: { size?: number } | undefined): number | undefined {
  return vectors?.size === DOCUMENT_DIMENSION ? undefined : vectors?.size;
}

/**
 * The optimizer's settings while a collection is filled. With vectors it waits, so that each graph is made once; documents it puts
 * aside in small segments as they come, because until then they take 4 kB of memory each.
 */
export function whileLoading(dimension: number | undefined): object {
  if (dimension !== undefined) return { indexing_threshold: 0 };
  const kilobytes = Math.ceil((DOCUMENTS_IN_MEMORY * BYTES_PER_DOCUMENT) / 1024);
  return { indexing_threshold: kilobytes, max_segment_size: kilobytes };
}

/** And when everything is in. */
export function onceLoaded(dimension: number | undefined, settings: StoreSettings): object {
  const isDocuments = dimension === undefined;
  const segmentBytes = isDocuments ? DOCUMENTS_PER_SEGMENT * BYTES_PER_DOCUMENT : settings["segment-size"];
  return {
    indexing_threshold: isDocuments ? AT_ONCE_KB : settings["index-from"],
    max_segment_size: Math.ceil(segmentBytes / 1024),
    max_optimization_threads: "auto",
  };
}

/** Settings of a collection that begins as a copy of another: its segments are let be, while they are few. */
export function ofCopy(
  { segments_count: segments, config }: CollectionInfo,
  dimension: number | undefined,
  settings: StoreSettings,
): object {
  const default_segment_number = Math.min(segments + SPARE_SEGMENTS, MAX_SEGMENTS);
  // While it is made to differ the server would index what came again with each block, and merge it into all else.
  const idle = { max_optimization_threads: 0 };
  return {
    optimizers_config: { ...onceLoaded(dimension, settings), default_segment_number, ...idle },
    quantization_config: config.quantization_config ?? null,
  };
}
