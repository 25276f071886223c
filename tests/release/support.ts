import { spawnSync } from "node:child_process";
import { readdirSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";

export const ROOT = join(import.meta.dirname, "..", "..");

export interface Ran {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** An environment in which nothing but npm's registry can be reached, and a home that holds nothing. */
export function registryAlone(home: string, path = process.env["PATH"]!): NodeJS.ProcessEnv {
  const nowhere = "http://127.0.0.1:9";
  return {
    PATH: path,
    HOME: home,
    TMPDIR: process.env["TMPDIR"] ?? "/tmp",
    npm_config_cache: join(home, "cache"),
    npm_config_update_notifier: "false",
    // What asks another host by these meets a closed port.
    HTTP_PROXY: nowhere,
    HTTPS_PROXY: nowhere,
    http_proxy: nowhere,
    https_proxy: nowhere,
    NO_PROXY: "registry.npmjs.org,127.0.0.1,localhost",
    no_proxy: "registry.npmjs.org,127.0.0.1,localhost",
    npm_config_noproxy: "registry.npmjs.org",
    // A registry behind a firewall is known by the firewall's own certificate.
    ...(process.env["NODE_EXTRA_CA_CERTS"]
      ? { NODE_EXTRA_CA_CERTS: process.env["NODE_EXTRA_CA_CERTS"] }
      : {}),
  };
}

export function ran(program: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Ran {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd,
    env,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  return { status, stdout: stdout ?? "", stderr: stderr ?? "" };
}

/** What is committed here, as a clone in `folder` with our packages: packing changes package.json for a moment, which is not to be seen by others. */
export function cloned(folder: string, ...settings: string[]): string {
  const clone = join(folder, "clone");
  const configured = settings.flatMap((setting) => ["-c", setting]);
  const { status, stderr } = ran(
    "git",
    ["clone", "--quiet", ...configured, ROOT, clone],
    folder,
    process.env,
  );
  if (status !== 0) throw new Error(stderr);
  symlinkSync(join(ROOT, "node_modules"), join(clone, "node_modules"), "junction");
  return clone;
}

/** Megabytes under a folder, each file once. */
export function megabytesUnder(folder: string): number {
  const bytes = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
  return Math.round(bytes / 1e6);
}

/** Names of the packages under node_modules folders. */
export function packagesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name === "package.json")
    .map((entry) => entry.parentPath.split(/[\\/]node_modules[\\/]/).at(-1)!)
    .filter((name) => /^(?:@[^\\/]+[\\/])?[^\\/]+$/.test(name));
}
