import type { Command } from "commander";

export interface ListedCommand {
  /** Heading under which the help lists it. */
  group: string;
  summary: string;
  /** Lines that can be typed as they are, for the command's help. */
  examples: readonly string[];
  load: () => Promise<Command>;
}

/** Commands are loaded when they are asked for: the databases and runtimes behind some take a second to load. */
export const COMMANDS: Readonly<Record<string, ListedCommand>> = {
  ingest: {
    group: "Terminologies",
    examples: [
      "termduet ingest 2024AB-full.zip --dataset umls --release 2024AB",
      "termduet ingest hp.obo --dataset hpo --release 2026-01",
      "termduet ingest terms.csv --dataset ours --release 1 --dry-run",
    ],
    summary: "put a release of a terminology into the store and make it the active one",
    load: async () => (await import("./commands/ingest-command.ts")).ingestCommand(),
  },
  search: {
    group: "Search and alignment",
    examples: [
      'termduet search "crise cardiaque"',
      'termduet search "heart attack" --lat FRE --k 5 --explain',
      "cat words.txt | termduet search --batch - --k 1 > answers.jsonl",
    ],
    summary: "search the active release",
    load: async () => (await import("./commands/search-command.ts")).searchCommand(),
  },
  align: {
    group: "Search and alignment",
    examples: [
      "termduet align lexicon.xlsx --out aligned",
      "termduet align lexicon.csv --out aligned --sab SNOMEDCT_US --choose precision",
      "termduet align lexicon.csv --out aligned --csv-for excel-fr",
    ],
    summary: "align a lexicon to the active release",
    load: async () => (await import("./commands/align-command.ts")).alignCommand(),
  },
  review: {
    group: "Search and alignment",
    examples: ["termduet review aligned", "termduet review export aligned --out reviewed"],
    summary: "rate the pairs of an alignment in the browser; export and import the ratings",
    load: async () => (await import("./commands/review-command.ts")).reviewCommand(),
  },
  calibrate: {
    group: "Encoders",
    examples: [],
    summary: "fit an encoder's ratings on graded pairs that the active release gives",
    load: async () => (await import("./commands/calibrate-command.ts")).calibrateCommand(),
  },
  "calibrate-matcher": {
    group: "Encoders",
    examples: [],
    summary: "fit the strong mode of align on pairs that the active release gives",
    load: async () => (await import("./commands/calibrate-matcher-command.ts")).calibrateMatcherCommand(),
  },
  refit: {
    group: "Encoders",
    examples: ["termduet refit --dataset umls"],
    summary: "fit all calibrators and the matcher anew, from the active release's own names",
    load: async () => (await import("./commands/refit-command.ts")).refitCommand(),
  },
  evaluate: {
    group: "Encoders",
    examples: [
      "termduet evaluate retrieval sample/queries.tsv",
      "termduet evaluate alignment aligned --reference sample/lexicon.gold.tsv",
    ],
    summary: "scores on the paper's two tasks, on labelled queries, and of an alignment",
    load: async () => (await import("./commands/evaluate-command.ts")).evaluateCommand(),
  },
  start: {
    group: "Serving",
    examples: ["termduet start", "termduet start --port 9000"],
    summary: "put the sample release in when the store is empty, then serve",
    load: async () => (await import("./commands/start-command.ts")).startCommand(),
  },
  serve: {
    group: "Serving",
    examples: ["termduet serve", "termduet serve --host 0.0.0.0 --api-keys keys.txt --rate-limit 600"],
    summary: "serve the search API and the web page",
    load: async () => (await import("./commands/serve-command.ts")).serveCommand(),
  },
  mcp: {
    group: "Serving",
    examples: ["termduet mcp --dataset umls"],
    summary: "tools for an assistant, over the Model Context Protocol",
    load: async () => (await import("./commands/mcp-command.ts")).mcpCommand(),
  },
  keys: {
    group: "Serving",
    examples: ["termduet keys create ward-3 --api-keys keys.txt"],
    summary: "make a key for the search API",
    load: async () => (await import("./commands/keys-command.ts")).keysCommand(),
  },
  releases: {
    group: "Terminologies",
    examples: ["termduet releases list", "termduet releases rollback umls"],
    summary: "releases in the store",
    load: async () => (await import("./commands/releases-command.ts")).releasesCommand(),
  },
  encoders: {
    group: "Encoders",
    examples: ["termduet encoders list", "termduet encoders add my-encoder"],
    summary: "encoders of this installation",
    load: async () => (await import("./commands/encoders-command.ts")).encodersCommand(),
  },
  optimize: {
    group: "Encoders",
    examples: ["termduet optimize intfloat/multilingual-e5-small --out my-encoder"],
    summary: "turn a Hugging Face checkpoint (BERT or XLM-R) into an encoder",
    load: async () => (await import("./commands/optimize-command.ts")).optimizeCommand(),
  },
  upgrade: {
    group: "Terminologies",
    examples: ["termduet upgrade"],
    summary: "convert a store that an earlier version made",
    load: async () => (await import("./commands/upgrade-command.ts")).upgradeCommand(),
  },
  backup: {
    group: "Terminologies",
    examples: ["termduet backup /backups/today"],
    summary: "copy releases, keys, ratings and encoders to a folder, while servers serve",
    load: async () => (await import("./commands/backup-command.ts")).backupCommand(),
  },
  restore: {
    group: "Terminologies",
    examples: ["termduet restore /backups/today"],
    summary: "bring a backup back",
    load: async () => (await import("./commands/backup-command.ts")).restoreCommand(),
  },
  doctor: {
    group: "Help",
    examples: ["termduet doctor", "termduet doctor --deep"],
    summary: "say what is missing or wrong here, and how to mend it",
    load: async () => (await import("./commands/doctor-command.ts")).doctorCommand(),
  },
  completion: {
    group: "Help",
    examples: [
      "source <(termduet completion bash)",
      "termduet completion fish > ~/.config/fish/completions/termduet.fish",
    ],
    summary: "print what makes a shell complete termduet's commands and options",
    load: async () => (await import("./commands/completion-command.ts")).completionCommand(),
  },
};

/** A command with all that its help shows. */
export async function loadCommand(name: string): Promise<Command> {
  const { group, summary, examples, load } = COMMANDS[name]!;
  const command = (await load()).description(summary).helpGroup(`${group}:`);
  if (examples.length > 0)
    command.addHelpText("after", `\nExamples:\n${examples.map((line) => `  ${line}`).join("\n")}`);
  return command;
}
