import type { GraphProto, NodeProto, TensorProto } from "./proto.ts";

/** Who makes and who reads each value of a graph; built anew after a rewrite. */
export class GraphIndex {
  readonly producers = new Map<string, NodeProto>();
  readonly consumers = new Map<string, NodeProto[]>();
  readonly initializers = new Map<string, TensorProto>();

  constructor(graph: GraphProto) {
    for (const tensor of graph.initializer) this.initializers.set(tensor.name, tensor);
    for (const node of graph.node) {
      for (const output of node.output) this.producers.set(output, node);
      for (const input of new Set(node.input)) {
        const list = this.consumers.get(input);
        if (list) list.push(node);
        else this.consumers.set(input, [node]);
      }
    }
  }

  /** The only node that reads `value`, if it is of type `opType`. */
  soleConsumer(value: string, opType: string): NodeProto | undefined {
    const readers = this.consumers.get(value) ?? [];
    return readers.length === 1 && readers[0]!.opType === opType ? readers[0] : undefined;
  }

  /** The node that makes `value`, if it is of type `opType`. */
  producer(value: string | undefined, opType: string): NodeProto | undefined {
    const node = value === undefined ? undefined : this.producers.get(value);
    return node?.opType === opType ? node : undefined;
  }

  /** The input of a binary node that is not `value`. */
  static otherInput(node: NodeProto, value: string): string {
    return node.input[0] === value ? node.input[1]! : node.input[0]!;
  }
}

/** Removes nodes whose outputs and initializers whose values nobody reads. */
export function prune(graph: GraphProto): void {
  const used = new Set(graph.output.map((o) => o.name));
  const kept: NodeProto[] = [];
  for (const node of [...graph.node].reverse()) {
    if (!node.output.some((o) => used.has(o))) continue;
    kept.push(node);
    for (const input of node.input) used.add(input);
  }
  graph.node = kept.reverse();
  graph.initializer = graph.initializer.filter((t) => used.has(t.name));
}
