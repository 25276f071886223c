import { DataType, type ModelProto, type NodeProto, opsetOf, type TensorProto } from "../proto.ts";
import { integersOf } from "../tensors.ts";
import { MICROSOFT_OPERATORS } from "./microsoft-operators.ts";
import type { OperatorContext, TypeRule } from "./operator-context.ts";
import { STANDARD_OPERATORS } from "./standard-operators.ts";
import type { Dimension, TensorType } from "./tensor-type.ts";

/**
 * Element type and shape of every value of a model: inputs, initializers, outputs of nodes. Lengths that come with a
 * batch keep their names. Throws an `Error` that names the node whose inputs do not fit, or whose operator encoders do
 * not use.
 */
export function inferTypes(model: ModelProto): Map<string, TensorType> {
  const types = new Map<string, TensorType>();
  const lists = new Map<string, readonly Dimension[]>();
  const constants = new Map(model.graph.initializer.map((tensor) => [tensor.name, tensor]));
  for (const { name, elemType, shape } of model.graph.input) types.set(name, { elemType, shape });
  for (const { name, dataType, dims } of constants.values())
    types.set(name, { elemType: dataType, shape: dims });
  for (const node of model.graph.node) {
    const context = contextOf(node, opsetOf(model), types, lists, constants);
    try {
      for (const [i, type] of ruleOf(node)(context).entries()) {
        if (node.output[i]) types.set(node.output[i], type);
      }
      const list = knownList(context);
      if (list) lists.set(node.output[0]!, list);
    } catch (cause) {
      throw new Error(`node ${node.name || node.output[0]} (${node.opType}): ${(cause as Error).message}`, {
        cause,
      });
    }
  }
  return types;
}

function ruleOf(node: NodeProto): TypeRule {
  const rules = node.domain === "com.microsoft" ? MICROSOFT_OPERATORS : STANDARD_OPERATORS;
  const known = node.domain === "" || node.domain === "ai.onnx" || node.domain === "com.microsoft";
  const rule = known && Object.hasOwn(rules, node.opType) ? rules[node.opType] : undefined;
  if (!rule) throw new Error(`operator ${node.domain ? `${node.domain}:` : ""}${node.opType} is not known`);
  return rule;
}

function contextOf(
  node: NodeProto,
  opset: number,
  types: ReadonlyMap<string, TensorType>,
  lists: ReadonlyMap<string, readonly Dimension[]>,
  constants: ReadonlyMap<string, TensorProto>,
): OperatorContext {
  const attribute = (name: string) => node.attribute.find((a) => a.name === name);
  const name = (index: number): string => node.input[index] ?? "";
  return {
    node,
    opset,
    has: (index) => name(index) !== "",
    type: (index) => {
      const type = types.get(name(index));
      if (!type)
        throw new Error(`input ${index} (${name(index) || "left out"}) is made by nothing before it`);
      return type;
    },
    constant: (index) => constants.get(name(index)),
    dimensions: (index) => {
      const constant = constants.get(name(index));
      if (!constant) return lists.get(name(index));
      return constant.dataType === DataType.INT64 ? integersOf(constant) : undefined;
    },
    int: (key, fallback) => Number(attribute(key)?.i ?? fallback),
    ints: (key) => attribute(key)?.ints?.map(Number),
  };
}

/** The values of a list of lengths that a node makes from a shape. */
function knownList(c: OperatorContext): readonly Dimension[] | undefined {
  if (c.node.opType === "Shape") {
    const { shape } = c.type(0);
    return shape.slice(c.int("start", 0), c.int("end", shape.length));
  }
  if (c.node.opType === "Gather") {
    const list = c.dimensions(0);
    const at = c.constant(1) && c.dimensions(1);
    return list && at ? at.map((i) => list[Number(i)]!) : undefined;
  }
  if (c.node.opType === "Concat") {
    const parts = c.node.input.map((_, i) => c.dimensions(i));
    return parts.every((p) => p !== undefined) ? parts.flat() : undefined;
  }
  if (c.node.opType === "Unsqueeze" || c.node.opType === "Squeeze" || c.node.opType === "Cast")
    return c.dimensions(0);
  return undefined;
}
