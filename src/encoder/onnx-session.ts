import { TermduetError } from "../terminology/termduet-error.ts";
import { type CpuFeatures, cpuFeatures } from "./cpu-features.ts";
import { InferenceSession, listSupportedBackends } from "./onnx-runtime.ts";
import type { Provider } from "./providers.ts";
import { DEFAULT_SESSION_SETTINGS, type SessionSettings } from "./session-settings.ts";

const MISSING: Record<Provider, string> = {
  cpu: "reinstall onnxruntime-node",
  cuda: "on Linux x64 run `ONNXRUNTIME_NODE_INSTALL=cuda12 npm rebuild onnxruntime-node`; CUDA 12 and cuDNN 9 must be installed",
  tensorrt:
    "on Linux x64 run `ONNXRUNTIME_NODE_INSTALL=cuda12 npm rebuild onnxruntime-node`; TensorRT 10 must be installed",
  webgpu:
    "this build of onnxruntime-node has no WebGPU; it needs a GPU driver with Vulkan, Metal or Direct3D 12",
  coreml: "CoreML exists on macOS alone",
  dml: "DirectML exists on Windows alone",
};

/**
 * Opens a session on the provider asked for, and on no other: an absent provider is an error (`unavailable`), not a
 * silent fall-back to a slower one. So is a CPU on which an encoder's integers would be others.
 */
export async function openSession(
  modelPath: string,
  provider: Provider,
  threads: number,
  settings: SessionSettings = DEFAULT_SESSION_SETTINGS,
  cpu: () => CpuFeatures = cpuFeatures,
): Promise<InferenceSession> {
  if (!listSupportedBackends().some((backend) => backend.name === provider)) throw absent(provider);
  if (settings.exactInt8 && provider === "cpu") refuseInexact(modelPath, cpu());
  try {
    return await InferenceSession.create(modelPath, {
      executionProviders: [provider],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      graphOptimizationLevel: settings.graphOptimizationLevel,
      // Many shapes pass through one session; an arena would keep the largest of each.
      enableCpuMemArena: true,
      enableMemPattern: false,
      extra: {
        session: { intra_op: { allow_spinning: "0" } },
        optimization:
          provider === "cpu" && settings.disabledOptimizers.length > 0
            ? { disable_specified_optimizers: settings.disabledOptimizers.join(";") }
            : {},
      },
    });
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause);
    if (provider !== "cpu" && /provider|library|load|device/i.test(text)) throw absent(provider, cause);
    throw new TermduetError("bad-input", `${modelPath} could not be loaded: ${text}`, { cause });
  }
}

// Vectors would differ a little from those of the machine that the release was encoded on.
function refuseInexact(modelPath: string, { model, exactInt8 }: CpuFeatures): void {
  if (exactInt8) return;
  const message =
    `${modelPath} has 8-bit weights for CPUs with VNNI, AMX or I8MM, of which ${model} has none; ` +
    "make the encoder again with `termduet optimize CHECKPOINT --precision int8 --portable`";
  throw new TermduetError("unavailable", message);
}

function absent(provider: Provider, cause?: unknown): TermduetError {
  const message = `execution provider ${provider} is not available here: ${MISSING[provider]}; or use --provider cpu`;
  return new TermduetError("unavailable", message, { cause });
}
