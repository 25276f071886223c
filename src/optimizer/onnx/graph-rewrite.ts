import { prune } from "./graph-index.ts";
import type { GraphProto, ModelProto, NodeProto, TensorProto } from "./proto.ts";

/**
 * A graph being rewritten: the model that was given stays as it is. Nodes are replaced in place, so that the order
 * stays one in which they can be run.
 */
export class GraphRewrite {
  readonly #model: ModelProto;
  #nodes: NodeProto[];
  #initializers: Map<string, TensorProto>;

  constructor(model: ModelProto) {
    this.#model = model;
    this.#nodes = [...model.graph.node];
    this.#initializers = new Map(model.graph.initializer.map((tensor) => [tensor.name, tensor]));
  }

  get nodes(): readonly NodeProto[] {
    return this.#nodes;
  }

  initializer(name: string | undefined): TensorProto | undefined {
    return name === undefined ? undefined : this.#initializers.get(name);
  }

  /** Adds a constant, or puts it in the place of that with the same name. */
  set(tensor: TensorProto): string {
    this.#initializers.set(tensor.name, tensor);
    return tensor.name;
  }

  setAll(tensors: readonly TensorProto[]): void {
    for (const tensor of tensors) this.set(tensor);
  }

  insertBefore(anchor: NodeProto, nodes: readonly NodeProto[]): void {
    this.#nodes.splice(this.#indexOf(anchor), 0, ...nodes);
  }

  insertAfter(anchor: NodeProto, nodes: readonly NodeProto[]): void {
    this.#nodes.splice(this.#indexOf(anchor) + 1, 0, ...nodes);
  }

  insertFirst(nodes: readonly NodeProto[]): void {
    this.#nodes.unshift(...nodes);
  }

  replace(old: NodeProto, nodes: readonly NodeProto[]): void {
    this.#nodes.splice(this.#indexOf(old), 1, ...nodes);
  }

  remove(nodes: readonly NodeProto[]): void {
    const gone = new Set(nodes);
    this.#nodes = this.#nodes.filter((node) => !gone.has(node));
  }

  /** The node reads `to` where it read `from`. */
  reconnect(node: NodeProto, from: string, to: string): NodeProto {
    const changed = { ...node, input: node.input.map((name) => (name === from ? to : name)) };
    this.replace(node, [changed]);
    return changed;
  }

  /** The new model; nodes and constants that nobody reads are left out. */
  finish(changes: Partial<Pick<ModelProto, "opsetImport">> = {}): ModelProto {
    const graph: GraphProto = {
      ...this.#model.graph,
      node: this.#nodes,
      initializer: [...this.#initializers.values()],
    };
    prune(graph);
    return { ...this.#model, ...changes, graph };
  }

  #indexOf(node: NodeProto): number {
    const at = this.#nodes.indexOf(node);
    if (at < 0) throw new Error(`node ${node.name} is no longer in the graph`);
    return at;
  }
}
