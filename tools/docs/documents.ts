import { globSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { fakeSearch, fakeStore } from "../../tests/search-api/support/fake-search.ts";
import { testApi } from "../../tests/search-api/support/test-api.ts";
import type { OpenApi } from "./reference.ts";
import { ROOT } from "./run-document.ts";

/** Documents for users whose commands are run: decisions and the reference say nothing to copy. */
export function documents(): string[] {
  const docs = globSync("docs/**/*.md", { cwd: ROOT }).map((path) => path.split(sep).join("/"));
  return ["README.md", ...docs.filter((p) => !/^docs\/(decisions|reference)\//.test(p)).sort()];
}

/** Documents whose outputs are shown, and compared. */
export const SHOWN: readonly string[] = ["README.md", "docs/start.md", "docs/start.fr.md"];

export function readDocument(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

/** The API's own description, as a server gives it. */
export async function openApi(): Promise<OpenApi> {
  await using api = await testApi({ searcher: fakeSearch(), store: fakeStore() });
  return api.oracle.document as unknown as OpenApi;
}
