import { expect, test } from "vitest";
import { ingest } from "../../ingest/ingest.ts";
import { activate, remove } from "../../ingest/releases/manage-releases.ts";
import { openStore } from "../../src/vector-store/open-store.ts";
import { sampleIngest, sampleStore } from "../support/sample-store.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { testApi } from "./support/test-api.ts";

test("a server finds what another process activates, removes and ingests again, and answers all the while", async () => {
  using folder = temporaryFolder();
  await using sample = await sampleStore(folder.path);
  await using api = await testApi({ searcher: sample.searcher, store: sample.store });
  await using other = await openStore(sample.store.url);
  const encoders = (await sample.searcher.retrievers((await sample.searcher.releases.all())[0]!)).map(
    ({ encoder }) => encoder.folder,
  );
  const into = (release: string) =>
    ingest(sampleIngest(folder.path, { store: other, encoders, atomsPerBlock: 10_000, release }));
  let going = true;
  const answers: [status: number, release: string | undefined][] = [];
  const polling = (async () => {
    while (going) {
      const { status, json } = await api.send<{ release?: string }>("/api/v1/search?q=crise%20cardiaque&k=1");
      answers.push([status, json.release]);
    }
  })();
  await into("2");
  await activate(other, "sample", "1");
  await remove(other, "sample", "2");
  await into("2");
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  going = false;
  await polling;
  expect(answers.filter(([status]) => status !== 200)).toEqual([]);
  expect(answers.at(-1)).toEqual([200, "2"]);
  expect(new Set(answers.map(([, release]) => release))).toEqual(new Set(["1", "2"]));
  expect((await api.send("/readyz")).status).toBe(200);
}, 240_000);
