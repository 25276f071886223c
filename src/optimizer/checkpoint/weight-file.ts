/** A file of named weights, opened but not loaded: a tensor is read from disk when it is asked for. */
export interface WeightFile {
  readonly path: string;
  readonly names: readonly string[];
  shape(name: string): readonly number[];
  /** The tensor as float32, row-major. Errors: `bad-input` where the file ends before it or its type is no float. */
  floats(name: string): Float32Array;
  close(): void;
}
