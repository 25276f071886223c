import { readFileSync } from "node:fs";

/** What decides whether the native libraries inside can be loaded. */
export interface Platform {
  /** `process.platform`. */
  os: string;
  /** `process.arch`. */
  cpu: string;
  /** Version of the C library of a GNU/Linux, e.g. `2.36`; `undefined` where it is another (musl) or none is needed. */
  glibc: string | undefined;
  /** Instruction sets of the CPU, from `/proc/cpuinfo`; `undefined` where they can't be read. */
  instructions: ReadonlySet<string> | undefined;
}

/** The oldest glibc for which ONNX Runtime and the tokenizers are built. */
const OLDEST_GLIBC = [2, 28] as const;

/** What all that is measured runs on: CPUs from Intel's Haswell (2013) and AMD's Excavator (2015) on. */
const NEEDED_ON_X64 = ["avx2", "fma"];

/** Platforms for which both native libraries are built; Windows on ARM is not tested. */
const BUILT = ["linux-x64", "linux-arm64", "darwin-arm64", "win32-x64", "win32-arm64"];

/** Reads the platform of this process. */
export function thisPlatform(): Platform {
  const { platform: os, arch: cpu } = process;
  return os === "linux"
    ? { os, cpu, glibc: glibcVersion(), instructions: instructionSets() }
    : { os, cpu, glibc: undefined, instructions: undefined };
}

/**
 * Why the native libraries can't run on a platform, in a line with what to do; `undefined` where they can. Without it
 * one would see a loader's error, or nothing but "Illegal instruction".
 */
export function whyUnsupported({ os, cpu, glibc, instructions }: Platform): string | undefined {
  const supported = "Linux x64 and arm64 (glibc 2.28 or newer), macOS on Apple silicon, Windows x64";
  if (os === "darwin" && cpu === "x64")
    return "Intel Macs are not supported: ONNX Runtime is not built for them; use a Mac with Apple silicon (there with an arm64 Node, not under Rosetta), Linux or Docker elsewhere";
  if (!BUILT.includes(`${os}-${cpu}`))
    return `${os} on ${cpu} is not supported; termduet runs on ${supported}`;
  if (os !== "linux") return undefined;
  if (glibc === undefined)
    return "this Linux has no glibc (Alpine and others with musl), and ONNX Runtime needs it: use a Debian, Ubuntu or Red Hat image, e.g. node:24-bookworm-slim";
  const [major = 0, minor = 0] = glibc.split(".").map(Number);
  if (major < OLDEST_GLIBC[0] || (major === OLDEST_GLIBC[0] && minor < OLDEST_GLIBC[1]))
    return `glibc ${glibc} is too old: ${OLDEST_GLIBC.join(".")} is needed (Debian 10, Ubuntu 20.04, RHEL 8 or newer); use a newer system, or a container of one`;
  const missing = cpu === "x64" && instructions ? NEEDED_ON_X64.filter((set) => !instructions.has(set)) : [];
  if (missing.length > 0)
    return `this CPU lacks ${missing.join(" and ")}, which the native libraries need: use an x64 CPU from 2013 or later; in a virtual machine pass the host's CPU through (QEMU: -cpu host)`;
  return undefined;
}

/** From the process report, which names glibc alone: there is no such field under musl. */
function glibcVersion(): string | undefined {
  // Node's types do not have this one yet.
  const report = process.report as NodeJS.ProcessReport & { excludeNetwork: boolean };
  const before = report.excludeNetwork;
  report.excludeNetwork = true; // a report looks up names of addresses unless it is told not to
  const { header } = report.getReport() as { header?: { glibcVersionRuntime?: string } };
  report.excludeNetwork = before;
  return header?.glibcVersionRuntime;
}

function instructionSets(): ReadonlySet<string> | undefined {
  try {
    const flags = /^flags\s*:(.*)$/m.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1];
    return flags === undefined ? undefined : new Set(flags.trim().split(/\s+/));
  } catch {
    return undefined;
  }
}
