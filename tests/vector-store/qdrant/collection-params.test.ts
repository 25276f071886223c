import { expect, test } from "vitest";
import { ofCopy, onceLoaded, whileLoading } from "../../../src/vector-store/qdrant/collection-params.ts";
import type { CollectionInfo } from "../../../src/vector-store/qdrant/settled-collection.ts";
import { parseQdrantUrl } from "../../../src/vector-store/qdrant/store-settings.ts";

const { settings: SETTINGS } = parseQdrantUrl("qdrant+http://127.0.0.1:6333", {});

interface Optimizer {
  indexing_threshold: number;
  max_segment_size: number;
  default_segment_number?: number;
}

test("documents are put aside in small segments while they are loaded, and merged into larger ones after", () => {
  const loading = whileLoading(undefined) as Optimizer;
  const loaded = onceLoaded(undefined, SETTINGS) as Optimizer;
  expect(loading.indexing_threshold).toBeGreaterThan(0);
  // A segment that may grow beyond what it is indexed at would be merged, and so written, again and again.
  expect(loading.max_segment_size).toBe(loading.indexing_threshold);
  expect(loaded.max_segment_size).toBeGreaterThan(5 * loading.max_segment_size);
});

test("vectors are indexed once all are in", () => {
  expect(whileLoading(384)).toEqual({ indexing_threshold: 0 });
});

test.each([
  [2, 4],
  [5, 7],
  [7, 8],
  [18, 8],
])("of %i segments that are copied the server leaves up to %i apart", (segments, apart) => {
  const source = { segments_count: segments, config: { params: {} } } as unknown as CollectionInfo;
  const { optimizers_config: optimizer } = ofCopy(source, 384, SETTINGS) as { optimizers_config: Optimizer };
  expect(optimizer.default_segment_number).toBe(apart);
});
