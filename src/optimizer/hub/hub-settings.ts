import { existsSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { homeFolder } from "../../machine/user-folder.ts";

/** Where the hub is, what is known there, and where its files are kept; the same variables as Python's library has. */
export interface HubSettings {
  /** `HF_ENDPOINT`: the hub or a mirror of it. */
  url: string;
  /** `HF_TOKEN`, or what `hf auth login` has left. */
  token: string | undefined;
  /** `HF_HUB_CACHE`, else `hub` in `HF_HOME`: shared with Python's library. */
  cache: string;
  /** `HF_HUB_OFFLINE`: what is in the cache is all there is. */
  offline: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the settings from environment variables. */
export function hubSettings(env: Environment = process.env): HubSettings {
  const caches = env["XDG_CACHE_HOME"] ?? join(homeFolder() ?? tmpdir(), ".cache");
  const home = env["HF_HOME"] ?? join(caches, "huggingface");
  return {
    url: (env["HF_ENDPOINT"] || "https://huggingface.co").replace(/\/+$/, ""),
    token:
      env["HF_TOKEN"] ||
      env["HUGGING_FACE_HUB_TOKEN"] ||
      storedToken(env["HF_TOKEN_PATH"] ?? join(home, "token")),
    cache: env["HF_HUB_CACHE"] ?? env["HUGGINGFACE_HUB_CACHE"] ?? join(home, "hub"),
    offline: ["1", "true", "yes", "on"].includes((env["HF_HUB_OFFLINE"] ?? "").toLowerCase()),
  };
}

function storedToken(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, "utf8").trim() || undefined : undefined;
}
