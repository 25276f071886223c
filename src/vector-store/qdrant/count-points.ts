import { type Condition, must } from "./payload.ts";
import type { QdrantClient } from "./qdrant-client.ts";

/** How many points of a collection meet all conditions. */
export async function countPoints(
  client: QdrantClient,
  collection: string,
  conditions: readonly Condition[] = [],
): Promise<number> {
  const { count } = await client.call<{ count: number }>({
    method: "POST",
    path: `/collections/${collection}/points/count`,
    body: { exact: true, ...must(conditions) },
    doing: `counting ${collection}`,
  });
  return count;
}
