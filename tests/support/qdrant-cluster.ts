import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { freePort, QdrantProcess } from "./qdrant-server.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** Qdrant nodes on loopback that form one cluster. */
export class QdrantCluster implements AsyncDisposable {
  readonly nodes: readonly QdrantProcess[];
  readonly #folder: Disposable;

  private constructor(nodes: readonly QdrantProcess[], folder: Disposable) {
    this.nodes = nodes;
    this.#folder = folder;
  }

  static async start(count: number): Promise<QdrantCluster> {
    const folder = temporaryFolder();
    const peers: number[] = [];
    for (let i = 0; i < count; i++) peers.push(await freePort());
    const uri = (i: number): string => `http://127.0.0.1:${peers[i]}`;
    const nodes: QdrantProcess[] = [];
    for (let i = 0; i < count; i++) {
      const args = ["--uri", uri(i), ...(i === 0 ? [] : ["--bootstrap", uri(0)])];
      const environment = { QDRANT__CLUSTER__ENABLED: "true", QDRANT__CLUSTER__P2P__PORT: String(peers[i]) };
      nodes.push(await QdrantProcess.start({ args, environment, storage: join(folder.path, String(i)) }));
    }
    const cluster = new QdrantCluster(nodes, folder);
    await cluster.agreed();
    return cluster;
  }

  /** `HOST:PORT,HOST:PORT,…` */
  get hosts(): string {
    return this.nodes.map((node) => `127.0.0.1:${node.port}`).join(",");
  }

  /** Waits until every node knows all others. */
  async agreed(): Promise<void> {
    for (const node of this.nodes) {
      for (let attempt = 0; ; attempt++) {
        const { result } = (await (await fetch(`${node.origin}/cluster`)).json()) as {
          result: { peers: object; raft_info: { leader: number | null } };
        };
        if (Object.keys(result.peers).length === this.nodes.length && result.raft_info.leader) break;
        if (attempt > 200) throw new Error("the nodes do not agree on a cluster");
        await setTimeout(100);
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const node of this.nodes) await node[Symbol.asyncDispose]();
    this.#folder[Symbol.dispose]();
  }
}
