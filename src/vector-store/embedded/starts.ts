/** Where each of several parts begins that follow each other, by their sizes. */
export function starts(sizes: Iterable<number>): number[] {
  let next = 0;
  return Array.from(sizes, (size) => {
    const start = next;
    next += size;
    return start;
  });
}
