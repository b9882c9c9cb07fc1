/** Completion for shells, made from the table of commands. */
import { everywhere, WrongCommand, type Command, type Option } from './command.ts';

const shells = { bash, zsh, fish } as const;

export const shellNames: readonly string[] = Object.keys(shells);

/** The script for a shell; throws `WrongCommand` for one we do not know. */
export function completionFor(shell: string, commands: readonly Command[]): string {
  const script = Object.entries(shells).find(([name]) => name === shell)?.[1];
  if (script === undefined)
    throw new WrongCommand(`"${shell}" is none of ${shellNames.join(', ')}`);
  return script(commands);
}

const optionsOf = ({ options }: Command): readonly Option[] => [...options, ...everywhere];

const firstWords = (commands: readonly Command[]): string[] => [
  ...new Set(commands.map(({ name }) => name.split(' ')[0] ?? '')),
];

const secondWords = (commands: readonly Command[], first: string): string[] =>
  commands.flatMap(({ name }) =>
    name.startsWith(`${first} `) ? [name.slice(first.length + 1)] : [],
  );

/** Files are completed where a command takes them, values where they are known. */
function bash(commands: readonly Command[]): string {
  const groups = firstWords(commands)
    .filter((first) => secondWords(commands, first).length > 0)
    .map((first) => `    ${first}) words='${secondWords(commands, first).join(' ')}' ;;`);
  const options = commands.map(
    (command) =>
      `    '${command.name}') words='${optionsOf(command)
        .map(({ name }) => `--${name}`)
        .join(' ')}' ;;`,
  );
  const values = knownValues(commands).map(
    ({ name, oneOf }) =>
      `    --${name}) COMPREPLY=($(compgen -W '${oneOf.join(' ')}' -- "$current")); return ;;`,
  );
  return `# daftari completion bash > ~/.local/share/bash-completion/completions/daftari
_daftari() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} words=''
  COMPREPLY=()
  case "$before" in
${values.join('\n')}
    --output) COMPREPLY=($(compgen -f -- "$current")); return ;;
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then
    words='${firstWords(commands).join(' ')}'
  elif [ "$COMP_CWORD" -eq 2 ] && [[ "$current" != -* ]]; then
    case "\${COMP_WORDS[1]}" in
${groups.join('\n')}
    esac
  elif [[ "$current" != -* ]]; then
    COMPREPLY=($(compgen -f -- "$current")); return
  fi
  if [[ "$current" == -* ]]; then
    case "\${COMP_WORDS[1]} \${COMP_WORDS[2]}" in
${options.map((line) => line.replace(/^ {4}'(\w+)'\)/, "    '$1 '*)")).join('\n')}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o filenames -F _daftari daftari
`;
}

function zsh(commands: readonly Command[]): string {
  // The completion of bash, which zsh knows how to run.
  return `#compdef daftari
# daftari completion zsh > "\${fpath[1]}/_daftari"
autoload -U +X bashcompinit && bashcompinit
${bash(commands).split('\n').slice(1).join('\n')}`;
}

function fish(commands: readonly Command[]): string {
  const lines = firstWords(commands).map((first) => {
    const says = commands.find(({ name }) => name === first)?.says ?? '';
    return `complete -c daftari -f -n __fish_use_subcommand -a ${first}${described(says)}`;
  });
  for (const command of commands) {
    const [first = '', second] = command.name.split(' ');
    const within = `__fish_seen_subcommand_from ${first}`;
    const isChosen =
      second === undefined ? within : `${within}; and __fish_seen_subcommand_from ${second}`;
    if (second !== undefined) {
      const others = secondWords(commands, first).join(' ');
      lines.push(
        `complete -c daftari -f -n '${within}; and not __fish_seen_subcommand_from ${others}' -a ${second}${described(command.says)}`,
      );
    }
    if (command.takes?.startsWith('FILE') === true)
      lines.push(`complete -c daftari -F -n '${isChosen}'`);
    for (const { name, value, says, oneOf } of optionsOf(command)) {
      const takes =
        value === undefined ? '' : oneOf === undefined ? ' -r' : ` -x -a '${oneOf.join(' ')}'`;
      lines.push(`complete -c daftari -n '${isChosen}' -l ${name}${takes}${described(says)}`);
    }
  }
  return `# daftari completion fish > ~/.config/fish/completions/daftari.fish\n${lines.join('\n')}\n`;
}

function described(says: string): string {
  return says === '' ? '' : ` -d '${says.replaceAll("'", String.raw`\'`)}'`;
}

function knownValues(commands: readonly Command[]): { name: string; oneOf: readonly string[] }[] {
  const known = commands.flatMap(({ options }) =>
    options.flatMap(({ name, oneOf }) => (oneOf === undefined ? [] : [{ name, oneOf }])),
  );
  return [...new Map(known.map((one) => [one.name, one])).values()];
}
