/** Colours of the series: the encoders in their order, then the merge, then what is neither. They differ in print too. */
const ENCODER_COLOURS: readonly string[] = ["#3f74a8", "#c9803f", "#8a6fae", "#5a8f8f"];
export const MERGED_COLOUR = "#2f7d66";
export const HUMAN_COLOUR = "#b5526b";
export const NEUTRAL_COLOUR = "#aab2b8";

export function encoderColour(encoder: number): string {
  return ENCODER_COLOURS[encoder % ENCODER_COLOURS.length]!;
}
