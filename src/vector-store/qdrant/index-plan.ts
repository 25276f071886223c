import type { StoreSettings } from "./store-settings.ts";

export type Quantization = Exclude<StoreSettings["quantization"], "auto">;

/** How a collection of vectors is kept and asked. */
export interface IndexPlan {
  quantization: Quantization;
  /** Bytes of memory that a search needs: codes (or originals), graph, ids, payload indexes. */
  memory: number;
}

/**
 * Candidates that are taken from the codes for each neighbour wanted, and compared with the originals; half as many for each of a
 * long list, for which the breadth of search is enough (docs/decisions/0012).
 */
export const OVERSAMPLING: Readonly<Record<Quantization, number>> = { none: 1, int8: 2, turbo: 4, binary: 8 };

// Links of the lowest layer, 4 bytes each, and some 10 % for those above; ids; postings of what is filtered by.
const LINK_BYTES = 4 * 2 * 1.1;
const ID_BYTES = 31;
const FILTER_BYTES = 420;

const CODE_BYTES: Readonly<Record<Quantization, (dimension: number) => number>> = {
  none: (dimension) => 4 * dimension,
  int8: (dimension) => dimension + 4,
  turbo: (dimension) => dimension / 2 + 8,
  binary: (dimension) => dimension / 8,
};

/**
 * Memory of `count` vectors with these codes: what codes, links and ids take, and for the filters what was left of the 1.62 kB a
 * vector that a server took from 100,000 to 250,000 int8 vectors of 1024, before a million took 1.67 kB (docs/qdrant.md).
 */
export function memoryOf(quantization: Quantization, count: number, dimension: number, m: number): number {
  const perVector = CODE_BYTES[quantization](dimension) + m * LINK_BYTES + ID_BYTES + FILTER_BYTES;
  return Math.ceil(count * perVector);
}

/**
 * The codes for a collection of this size. Without a limit of memory int8, which loses nothing that the comparison with the
 * originals does not bring back; else the finest codes that leave a quarter of the memory to the page cache, where the
 * originals are read. Where not even the coarsest fit, they are taken all the same, and the server reads them from the disk.
 */
export function indexPlan(
  count: number,
  dimension: number,
  { quantization, memory: limit, m }: Pick<StoreSettings, "quantization" | "memory" | "m">,
): IndexPlan {
  const chosen = quantization === "auto" ? finest(count, dimension, m, limit) : quantization;
  return { quantization: chosen, memory: memoryOf(chosen, count, dimension, m) };
}

function finest(count: number, dimension: number, m: number, limit: number | undefined): Quantization {
  if (limit === undefined) return "int8";
  const order: readonly Quantization[] = ["int8", "turbo", "binary"];
  return order.find((codes) => memoryOf(codes, count, dimension, m) <= 0.75 * limit) ?? "binary";
}

/** `quantization_config` of the server. */
export function quantizationConfig(quantization: Quantization): object | "Disabled" {
  if (quantization === "none") return "Disabled";
  if (quantization === "turbo") return { turbo: { bits: "bits4", always_ram: true } };
  if (quantization === "binary") return { binary: { always_ram: true } };
  return { scalar: { type: "int8", always_ram: true } };
}

/** The codes that a collection has, from its `quantization_config`. */
export function quantizationOf(config: object | null | undefined): Quantization {
  if (!config) return "none";
  if ("turbo" in config) return "turbo";
  return "binary" in config ? "binary" : "int8";
}
