import type { Command, Option } from "commander";

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

/** What can follow some words of a command line: subcommands and options; `values` by option where they are known. */
interface Place {
  words: string;
  offered: { word: string; says: string }[];
  values: { option: string; choices: readonly string[] }[];
}

/** A script that a shell reads to complete these commands; where it knows no word, the shell offers files. */
export function completionScript(shell: Shell, commands: readonly Command[]): string {
  const root: Place = { words: "", offered: commands.map(asWord), values: [] };
  const places = [root, ...commands.flatMap((command) => placesOf(command, ""))];
  if (shell === "fish") return fishScript(places);
  // zsh runs bash's script: its own way would say the same again.
  const begin = shell === "zsh" ? "autoload -U +X bashcompinit && bashcompinit\n" : "";
  return begin + bashScript(places);
}

function asWord(command: Command): { word: string; says: string } {
  return { word: command.name(), says: command.description() };
}

function placesOf(command: Command, before: string): Place[] {
  const words = `${before} ${command.name()}`.trim();
  const long = command.options.filter((option) => option.long);
  const own: Place = {
    words,
    offered: [
      ...command.commands.map(asWord),
      ...long.map((option) => ({ word: option.long!, says: option.description })),
    ],
    values: long.flatMap((option: Option) =>
      option.argChoices ? [{ option: option.long!, choices: option.argChoices }] : [],
    ),
  };
  return [own, ...command.commands.flatMap((sub) => placesOf(sub, words))];
}

function bashScript(places: readonly Place[]): string {
  const values = places.flatMap((place) =>
    place.values.map(
      ({ option, choices }) =>
        `    "${place.words} ${option}") COMPREPLY=($(compgen -W "${choices.join(" ")}" -- "$cur")); return ;;\n`,
    ),
  );
  const words = places.map(
    (place) => `    "${place.words}") offered="${place.offered.map(({ word }) => word).join(" ")}" ;;\n`,
  );
  const nested = places.filter(({ words: w }) => w.includes(" ")).map(({ words: w }) => `"${w}"`);
  return `_termduet() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" place="" offered=""
  [ "$COMP_CWORD" -gt 1 ] && place="\${COMP_WORDS[1]}"
  if [ "$COMP_CWORD" -gt 2 ]; then
    case "$place \${COMP_WORDS[2]}" in
      ${nested.join("|")}) place="$place \${COMP_WORDS[2]}" ;;
    esac
  fi
  case "$place $prev" in
${values.join("")}  esac
  case "$place" in
${words.join("")}  esac
  COMPREPLY=($(compgen -W "$offered" -- "$cur"))
}
complete -o default -F _termduet termduet
`;
}

function fishScript(places: readonly Place[]): string {
  const lines = places.flatMap(({ words, offered, values }) => {
    const named = words.split(" ").filter(Boolean);
    const when = named.length
      ? named.map((word) => `__fish_seen_subcommand_from ${word}`).join("; and ")
      : "__fish_use_subcommand";
    return offered.map(({ word, says }) => {
      const given = values.find(({ option }) => option === word);
      const what = word.startsWith("--") ? `-l ${word.slice(2)}` : `-f -a ${word}`;
      const choices = given ? ` -x -a ${quoted(given.choices.join(" "))}` : "";
      return `complete -c termduet -n ${quoted(when)} ${what}${choices} -d ${quoted(says)}\n`;
    });
  });
  return lines.join("");
}

function quoted(text: string): string {
  return `'${text.replace(/\\/g, "\\\\").replace(/'/g, "\\'")}'`;
}
