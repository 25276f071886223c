import {
  type AttributeProto,
  DataType,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type TensorProto,
} from "./proto.ts";
import { floatTensor, int64Tensor } from "./tensors.ts";

export type AttributeValue = number | { float: number } | number[];

/** Turns `{axis: -1, epsilon: {float: 1e-12}, perm: [0, 2, 1]}` into attributes; a bare number is an INT. */
function attributes(values: Readonly<Record<string, AttributeValue>>): AttributeProto[] {
  return Object.entries(values).map(([name, value]) => {
    if (typeof value === "number") return { name, type: 2, i: BigInt(value) };
    if (Array.isArray(value)) return { name, type: 7, ints: value.map(BigInt) };
    return { name, type: 1, f: Math.fround(value.float) };
  });
}

/** A node with one output, named as the node. `op` is `Type` or `domain:Type`. */
export function nodeOf(
  name: string,
  op: string,
  input: string[],
  attrs: Readonly<Record<string, AttributeValue>> = {},
): NodeProto {
  const colon = op.indexOf(":");
  return {
    name,
    opType: op.slice(colon + 1),
    domain: colon < 0 ? "" : op.slice(0, colon),
    input,
    output: [name],
    attribute: attributes(attrs),
  };
}

/**
 * Collects nodes and initializers of a graph in execution order. Every node has one output, named as the node, so a
 * node's name is all that a rewrite needs to find it.
 */
export class GraphBuilder {
  readonly graph: GraphProto;

  constructor(name: string) {
    this.graph = { name, node: [], initializer: [], input: [], output: [] };
  }

  /** Adds a node and returns the name of its output. `op` is `Type` or `domain:Type`. */
  node(
    name: string,
    op: string,
    input: string[],
    attrs: Readonly<Record<string, AttributeValue>> = {},
  ): string {
    this.graph.node.push(nodeOf(name, op, input, attrs));
    return name;
  }

  cast(name: string, input: string, to: DataType): string {
    return this.node(name, "Cast", [input], { to });
  }

  initializer(tensor: TensorProto): string {
    this.graph.initializer.push(tensor);
    return tensor.name;
  }

  floats(name: string, dims: number[], data: Float32Array): string {
    return this.initializer(floatTensor(name, dims, data));
  }

  scalar(name: string, value: number): string {
    return this.floats(name, [], Float32Array.of(value));
  }

  ints(name: string, values: readonly number[]): string {
    return this.initializer(int64Tensor(name, [values.length], values));
  }

  input(name: string, elemType: DataType, shape: (number | string)[]): string {
    this.graph.input.push({ name, elemType, shape });
    return name;
  }

  output(name: string, shape: (number | string)[]): void {
    this.graph.output.push({ name, elemType: DataType.FLOAT, shape });
  }
}

/** Wraps a graph into a model file of this project. */
export function modelOf(graph: GraphProto, version: string, opset: number): ModelProto {
  return {
    irVersion: 10,
    producerName: "termduet",
    producerVersion: version,
    opsetImport: [
      { domain: "", version: opset },
      { domain: "com.microsoft", version: 1 },
    ],
    metadata: [],
    graph,
  };
}
