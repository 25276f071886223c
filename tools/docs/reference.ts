import type { Command, Option } from "commander";
import { COMMANDS, loadCommand } from "../../src/cli/command-list.ts";
import { userFolder } from "../../src/machine/user-folder.ts";
import { TERM_COLUMNS } from "../../src/terminology/table/term-columns.ts";

const MADE = "<!-- Made by `npm run docs:reference` from the code; change the code, not this file. -->\n";

/** The reference's pages by file name, from the commands, the settings, the API's own description and the readers of files. */
export async function referencePages(openApi: OpenApi): Promise<Record<string, string>> {
  const commands = await Promise.all(Object.keys(COMMANDS).map(loadCommand));
  return {
    "commands.md": commandsPage(commands),
    "settings.md": settingsPage(commands),
    "http.md": httpPage(openApi),
    "files.md": filesPage(),
  };
}

function commandsPage(commands: readonly Command[]): string {
  const parts = commands.map((command) => {
    const examples = COMMANDS[command.name()]!.examples;
    const shown =
      examples.length > 0 ? `\nExamples:\n\n${examples.map((line) => `    ${line}`).join("\n")}\n` : "";
    return commandPart(command, "", 2) + shown;
  });
  return `# Commands\n\n${MADE}
Exit codes: 0 done, 1 failed (one line on stderr says why and what to do), 2 wrong usage. Results go to stdout; progress and
warnings go to stderr.\n\n${parts.join("\n")}`;
}

function commandPart(command: Command, before: string, depth: number): string {
  const name = `${before} ${command.name()}`.trim();
  const args = command.registeredArguments.map((a) => {
    const dots = a.variadic ? "…" : "";
    return ` ${a.required ? `<${a.name()}${dots}>` : `[${a.name()}${dots}]`}`;
  });
  const rows = [
    ...command.registeredArguments.map((a) => row([`\`${a.name()}\``, a.description, "", ""])),
    ...command.options.map((o) =>
      row([`\`${o.flags}\``, described(o), defaultOf(o), o.envVar ? `\`${o.envVar}\`` : ""]),
    ),
  ];
  const table =
    rows.length > 0
      ? `\n${row(["option", "what", "default", "environment"])}${row(["---", "---", "---", "---"])}${rows.join("")}`
      : "";
  const subs = command.commands.map((sub) => `\n${commandPart(sub, name, depth + 1)}`).join("");
  return `${"#".repeat(depth)} termduet ${name}${args.join("")}\n\n${cell(sentence(command.description()))}\n${table}${subs}`;
}

function settingsPage(commands: readonly Command[]): string {
  const all = commands.flatMap((command) => withSubcommands(command, command.name()));
  const byKey = new Map<string, { option: Option; commands: string[] }>();
  for (const { name, option } of all) {
    const known = byKey.get(option.attributeName()) ?? { option, commands: [] };
    if (!known.commands.includes(name)) known.commands.push(name);
    byKey.set(option.attributeName(), known);
  }
  const rows = [...byKey]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, { option, commands: of }]) =>
      row([
        `\`${key}\``,
        option.envVar ? `\`${option.envVar}\`` : "",
        described(option),
        of.map((c) => `\`${c}\``).join(", "),
      ]),
    );
  return `# Settings\n\n${MADE}
Each key may stand in \`termduet.config.json\` in the working directory. A flag wins over the environment, the environment over
the file, the file over the default.\n
    { "store": "qdrant+http://localhost:6333", "dataset": "umls", "port": 9000 }\n
${row(["key", "environment", "what", "commands"])}${row(["---", "---", "---", "---"])}${rows.join("")}
Keys of services are read from the environment alone, so that no list of processes shows them: \`TERMDUET_API_KEY\` (a key
that the server accepts), \`TERMDUET_QDRANT_API_KEY\`, \`TERMDUET_TRANSLATION_KEY\`. \`NO_COLOR\` and \`FORCE_COLOR\` are heeded.\n`;
}

function withSubcommands(command: Command, name: string): { name: string; option: Option }[] {
  return [
    ...command.options.map((option) => ({ name, option })),
    ...command.commands.flatMap((sub) => withSubcommands(sub, `${name} ${sub.name()}`)),
  ];
}

interface Operation {
  summary?: string;
  description?: string;
  parameters?: { name?: string; in?: string; required?: boolean; description?: string; $ref?: string }[];
}
export interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
  components?: {
    parameters?: Record<string, { name: string; in: string; required?: boolean; description?: string }>;
  };
}

function httpPage({ paths, components }: OpenApi): string {
  const parts = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { summary, description, parameters = [] }]) => {
      const rows = parameters.map((given) => {
        const p = given.$ref ? components!.parameters![given.$ref.split("/").at(-1)!]! : given;
        return row([`\`${p.name}\``, p.in ?? "", p.required ? "yes" : "", p.description ?? ""]);
      });
      const table =
        rows.length > 0
          ? `\n${row(["parameter", "in", "required", "what"])}${row(["---", "---", "---", "---"])}${rows.join("")}`
          : "";
      return `## ${method.toUpperCase()} ${path}\n\n${cell(sentence(summary ?? description ?? ""))}\n${table}`;
    }),
  );
  return `# HTTP\n\n${MADE}
A running server gives the whole description, with the schemas of requests and answers, as OpenAPI 3.1 at
\`/api/v1/openapi.json\`, and a page to try it at \`/try/\`. Errors are \`application/problem+json\` (RFC 9457); the paths of FHIR
answer an OperationOutcome. Where keys are asked for, give one as \`Authorization: Bearer KEY\` or \`X-API-Key: KEY\`.\n\n${parts.join("\n")}`;
}

function filesPage(): string {
  const rows = Object.entries(TERM_COLUMNS).map(([column, names]) =>
    row([`\`${column}\``, (names as readonly string[]).map((n) => `\`${n}\``).join(", ")]),
  );
  return `# Fields of files\n\n${MADE}
## Tables of terms that \`ingest\` and \`align\` read

The header's case does not count. The first name of each column wins where a table has several.\n
${row(["column", "names that are read"])}${row(["---", "---"])}${rows.join("")}
What \`align\` writes is described in [the guide to alignment](../alignment.md).\n`;
}

function described(option: Option): string {
  const choices = option.argChoices ? ` (${option.argChoices.join(", ")})` : "";
  return `${option.description}${choices}`;
}

function defaultOf({ defaultValue, defaultValueDescription }: Option): string {
  if (defaultValueDescription !== undefined) return `\`${defaultValueDescription}\``;
  if (defaultValue === undefined || (Array.isArray(defaultValue) && defaultValue.length === 0)) return "";
  // The same page on every machine.
  return `\`${String(defaultValue).replace(userFolder(), "~/.termduet").replaceAll("\\", "/")}\``;
}

function sentence(text: string): string {
  return text === "" ? "" : `${text[0]!.toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((text) => cell(text).replaceAll("|", "\\|")).join(" | ")} |\n`;
}

function cell(text: string): string {
  return text.replaceAll("\n", " ").trim();
}
