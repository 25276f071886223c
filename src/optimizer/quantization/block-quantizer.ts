import { roundEven } from "./linear-quantizer.ts";

export interface BlockScheme {
  from: number;
  to: number;
  bits: 4 | 8;
  /** Weights of one output channel that share a scale. */
  blockSize: number;
}

export interface QuantizedBlocks {
  /** [to, blocks, blockSize · bits / 8]: unsigned integers around 2^(bits-1), of 4 bits the lower half first. */
  values: Uint8Array;
  /** [to, blocks]. */
  scales: Float32Array;
}

/** Symmetric quantization of a float32 weight [from, to] in blocks along its input, as `MatMulNBits` lays it out. */
export function quantizeBlocks(
  weight: Float32Array,
  { from, to, bits, blockSize }: BlockScheme,
): QuantizedBlocks {
  const blocks = Math.ceil(from / blockSize);
  const zero = 1 << (bits - 1);
  const perByte = 8 / bits;
  const blockBytes = blockSize / perByte;
  // Padding beyond `from` stands for 0.
  const values = new Uint8Array(to * blocks * blockBytes).fill(bits === 8 ? zero : zero | (zero << 4));
  const scales = new Float32Array(to * blocks);
  for (let o = 0; o < to; o++) {
    for (let b = 0; b < blocks; b++) {
      const end = Math.min(from, (b + 1) * blockSize);
      let largest = 0;
      for (let i = b * blockSize; i < end; i++) {
        const value = weight[i * to + o]!;
        if (Math.abs(value) > Math.abs(largest)) largest = value;
      }
      // The extreme value takes the end of the range that reaches further: -2^(bits-1).
      const scale = Math.fround(largest / -zero) || 1;
      scales[o * blocks + b] = scale;
      const start = (o * blocks + b) * blockBytes;
      for (let i = b * blockSize; i < end; i++) {
        const q = Math.min(2 * zero - 1, Math.max(0, roundEven(weight[i * to + o]! / scale) + zero));
        const place = i - b * blockSize;
        if (bits === 8) values[start + place] = q;
        else {
          const at = start + (place >> 1);
          values[at] = place & 1 ? (values[at]! & 0x0f) | (q << 4) : (values[at]! & 0xf0) | q;
        }
      }
    }
  }
  return { values, scales };
}
