import { minMaxScaler, type RegressionFit } from "./regressor.ts";

/** Min-max scaling alone, spread over the grades 0 to 5: it looks at no grade. */
export const fitMinMax: RegressionFit = (pairs) => {
  const scaled = minMaxScaler(pairs);
  return (cosine) => 5 * scaled(cosine);
};
