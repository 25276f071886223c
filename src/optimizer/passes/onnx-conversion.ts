import { z } from "zod";
import { checkModel } from "../onnx/check-model.ts";
import { convertCheckpoint } from "./conversion/convert-checkpoint.ts";
import { definePass } from "./pass.ts";

/** Pass `onnx-conversion`: a checkpoint becomes a float32 graph of standard operators. Takes no model. */
export const onnxConversion = definePass({
  name: "onnx-conversion",
  description: "a checkpoint becomes a float32 graph of standard ONNX operators",
  parameters: z.strictObject({
    /** Opset of the standard operators; the paper has 14, where a layer norm is still nine nodes. */
    opset: z.int().min(14).max(21).default(17),
  }),
  search: {},
  usesCalibration: false,
  apply: (piece, { opset }, { checkpoint, pooling, version }) => {
    const model = convertCheckpoint(checkpoint, { pooling, version, opset });
    checkModel(model);
    return { ...piece, model };
  },
});
