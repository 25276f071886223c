import { type GraphProto, type ModelProto, tensorBytes } from "./proto.ts";
import { inferTypes } from "./types/infer-types.ts";

/**
 * Throws an `Error` that names the first thing that is wrong with a model: a value made twice or read before it is
 * made, an initializer nobody reads or of the wrong length, a domain that is not imported, types that do not fit, an
 * output that is not what the graph declares. Run after every pass: a mistake is met where it was made.
 */
export function checkModel(model: ModelProto): void {
  const { graph } = model;
  const made = new Set<string>();
  const make = (name: string, what: string): void => {
    if (made.has(name)) throw new Error(`${what} ${name} is made twice`);
    made.add(name);
  };
  for (const input of graph.input) make(input.name, "input");
  for (const tensor of graph.initializer) {
    make(tensor.name, "initializer");
    const bytes = tensorBytes(tensor.dataType, tensor.dims);
    if (bytes !== tensor.data.byteLength)
      throw new Error(
        `initializer ${tensor.name} has ${tensor.data.byteLength} bytes of ${bytes ?? "an unknown type"}`,
      );
  }
  const domains = new Set(model.opsetImport.map(({ domain }) => domain));
  for (const node of graph.node) {
    const label = `node ${node.name || node.output[0]} (${node.opType})`;
    if (!domains.has(node.domain))
      throw new Error(`${label} is of domain ${node.domain}, which is not imported`);
    const missing = node.input.find((name) => name !== "" && !made.has(name));
    if (missing !== undefined)
      throw new Error(`${label} reads ${missing}, which is made by nothing before it`);
    for (const name of node.output) if (name !== "") make(name, "output of a node");
  }
  checkUsed(graph);
  const types = inferTypes(model);
  for (const { name, elemType, shape } of graph.output) {
    const type = types.get(name);
    if (!type) throw new Error(`output ${name} is made by nothing`);
    if (type.elemType !== elemType || type.shape.join() !== shape.join())
      throw new Error(
        `output ${name} is ${type.elemType} [${type.shape}], declared as ${elemType} [${shape}]`,
      );
  }
}

function checkUsed(graph: GraphProto): void {
  const used = new Set([
    ...graph.node.flatMap((node) => node.input),
    ...graph.output.map(({ name }) => name),
  ]);
  const idle = graph.initializer.find((tensor) => !used.has(tensor.name));
  if (idle) throw new Error(`initializer ${idle.name} is read by nobody`);
  for (const node of graph.node) {
    if (!node.output.some((name) => used.has(name)))
      throw new Error(`node ${node.name || node.output[0]} (${node.opType}) makes what nobody reads`);
  }
}
