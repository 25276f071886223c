/** Execution providers of ONNX Runtime that can be chosen by name. */
export const PROVIDERS = ["cpu", "cuda", "tensorrt", "webgpu", "coreml", "dml"] as const;
export type Provider = (typeof PROVIDERS)[number];
