import type { ReadOptions } from "./release-source.ts";

/** Options for reading a file twice: each pass counts half of the bytes, so that both together count the file once. */
export function twoPasses(options: ReadOptions): [ReadOptions, ReadOptions] {
  const { onBytes } = options;
  if (!onBytes) return [options, options];
  const halved = (roundUp: boolean): ReadOptions => {
    let read = 0;
    let told = 0;
    return {
      ...options,
      onBytes(bytes) {
        read += bytes;
        const due = (roundUp ? Math.ceil(read / 2) : Math.floor(read / 2)) - told;
        told += due;
        onBytes(due);
      },
    };
  };
  return [halved(true), halved(false)];
}
