/** A pair that may be taken. */
export interface WeightedPair {
  /** Number of the entry. */
  entry: number;
  concept: string;
  /** Above 0. */
  weight: number;
}

interface Edge {
  /** In `pairs`; -1 for no pair. */
  place: number;
  column: number;
  cost: number;
}

/**
 * The pairs of the highest total weight of which no two share an entry or a concept (maximum weight matching of a sparse
 * bipartite graph): entries are taken up one after the other, each by the shortest augmenting path with potentials. An
 * entry may stay without a pair. Gives for each entry number the place of its pair in `pairs`.
 */
export function oneToOne(pairs: readonly WeightedPair[]): Map<number, number> {
  const ofEntry = new Map<number, number[]>();
  const columns = new Map<string, number>();
  for (const [place, { entry, concept }] of pairs.entries()) {
    ofEntry.set(entry, [...(ofEntry.get(entry) ?? []), place]);
    if (!columns.has(concept)) columns.set(concept, columns.size);
  }
  const entries = [...ofEntry.keys()];
  const most = Math.max(0, ...pairs.map(({ weight }) => weight));
  // Each entry has a column of its own that costs as much as having no pair.
  const count = columns.size + entries.length;
  const edges = entries.map((entry, row): Edge[] => [
    ...ofEntry.get(entry)!.map((place) => ({
      place,
      column: columns.get(pairs[place]!.concept)!,
      cost: most - pairs[place]!.weight,
    })),
    { place: -1, column: columns.size + row, cost: most },
  ]);
  const rowOf = new Int32Array(count).fill(-1);
  const edgeOf = new Array<Edge | undefined>(count);
  const columnOf = new Int32Array(entries.length).fill(-1);
  const rowPrice = new Float64Array(entries.length);
  const columnPrice = new Float64Array(count);
  for (const row of entries.keys()) {
    const distance = new Map<number, number>();
    const from = new Map<number, { row: number; edge: Edge }>();
    const done = new Set<number>();
    const rowDistance = new Map([[row, 0]]);
    let current = row;
    let end = -1;
    while (end < 0) {
      const base = rowDistance.get(current)!;
      for (const edge of edges[current]!) {
        if (done.has(edge.column)) continue;
        const length = base + edge.cost - rowPrice[current]! - columnPrice[edge.column]!;
        if (length < (distance.get(edge.column) ?? Number.POSITIVE_INFINITY)) {
          distance.set(edge.column, length);
          from.set(edge.column, { row: current, edge });
        }
      }
      let nearest = -1;
      for (const [column, length] of distance)
        if (!done.has(column) && (nearest < 0 || length < distance.get(nearest)!)) nearest = column;
      done.add(nearest);
      if (rowOf[nearest] === -1) end = nearest;
      else {
        current = rowOf[nearest]!;
        rowDistance.set(current, distance.get(nearest)!);
      }
    }
    const total = distance.get(end)!;
    for (const [other, length] of rowDistance) rowPrice[other]! += total - length;
    for (const column of done) columnPrice[column]! -= total - distance.get(column)!;
    for (let column = end; column >= 0; ) {
      const step = from.get(column)!;
      const before = columnOf[step.row]!;
      [rowOf[column], edgeOf[column], columnOf[step.row]] = [step.row, step.edge, column];
      column = before;
    }
  }
  const chosen = new Map<number, number>();
  for (const [column, edge] of edgeOf.entries())
    if (edge && edge.place >= 0) chosen.set(entries[rowOf[column]!]!, edge.place);
  return chosen;
}
