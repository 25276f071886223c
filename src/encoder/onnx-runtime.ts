// The one door to ONNX Runtime: it sends telemetry unless told not to before it is loaded.
import "../machine/silent.ts";

export { InferenceSession, listSupportedBackends, Tensor } from "#onnxruntime-node";
