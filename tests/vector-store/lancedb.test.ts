import { afterAll } from "vitest";
import { openStore } from "../../src/vector-store/open-store.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { storeContract } from "./store-contract.ts";

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());
storeContract("LanceDB", () => openStore(`lancedb:${folder.path}`));
