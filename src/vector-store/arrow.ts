import { createRequire } from "node:module";
import type * as Arrow from "apache-arrow";

/**
 * Apache Arrow, in the CommonJS build that LanceDB loads too. Tables made by the other build are of other classes, and
 * LanceDB refuses them: "schemas must be equivalent".
 */
export const arrow: typeof Arrow = createRequire(import.meta.url)("apache-arrow");
