import { sampleStore } from "../../support/sample-store.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { type TestApi, testApi } from "./test-api.ts";

/** The app over the sample release, in a folder of its own. */
export interface SampleApi extends TestApi {
  /** Holds the store (`store`) and the two tiny encoders. */
  readonly folder: string;
}

export async function sampleApi(): Promise<SampleApi> {
  const folder = temporaryFolder();
  const sample = await sampleStore(folder.path);
  const api = await testApi(sample);
  return {
    ...api,
    folder: folder.path,
    async [Symbol.asyncDispose]() {
      await api[Symbol.asyncDispose]();
      await sample[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}
