/** The least of many numbers, ascending, in memory for a few times as many. */
export function leastKeys(keys: Iterable<number>, limit: number): Float64Array {
  const kept = new Float64Array(Math.max(1024, 4 * limit));
  let count = 0;
  let most = Number.POSITIVE_INFINITY;
  for (const key of keys) {
    if (key >= most) continue;
    kept[count++] = key;
    if (count < kept.length) continue;
    kept.sort();
    count = limit;
    most = kept[limit - 1] ?? Number.NEGATIVE_INFINITY;
  }
  return kept.subarray(0, count).sort().slice(0, limit);
}
