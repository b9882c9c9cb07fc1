/** Every command there is, and what is typed turned into one of them. */
import { parseArgs } from 'node:util';
import { listCollections, requestCollection } from './collections.ts';
import { everywhere, exitCodes, WrongCommand, type Command } from './command.ts';
import { completionFor, shellNames } from './completion.ts';
import type { Values } from './call.ts';
import { tailEvents } from './events.ts';
import { createPayout, listPayouts } from './payouts.ts';
import { login, logout, whoAmI } from './sign-in.ts';
import { listStatements, showStatement, uploadStatements } from './statements.ts';
import { exportTransactions, listTransactions } from './transactions.ts';

const completion: Command = {
  name: 'completion',
  takes: 'SHELL',
  says: `completes commands in a shell: ${shellNames.join(', ')}`,
  options: [],
  async run(call) {
    process.stdout.write(completionFor(call.word('SHELL'), commands));
    return exitCodes.done;
  },
};

export const commands: readonly Command[] = [
  ...[login, logout, whoAmI, uploadStatements, listStatements, showStatement],
  ...[requestCollection, listCollections, createPayout, listPayouts],
  ...[listTransactions, exportTransactions, tailEvents, completion],
];

export interface Typed {
  /** Undefined when only help was asked for. */
  command: Command | undefined;
  words: readonly string[];
  values: Values;
}

/** What was typed; throws `WrongCommand` that says what is wrong with it. */
export function readCommand(args: readonly string[]): Typed {
  const named = commands.find(({ name }) => name.split(' ').every((word, at) => args[at] === word));
  if (named === undefined) return withoutCommand(args);
  const options = [...named.options, ...everywhere];
  try {
    const { values, positionals } = parseArgs({
      args: args.slice(named.name.split(' ').length),
      allowPositionals: named.takes !== undefined,
      options: Object.fromEntries(
        options.map(({ name, value }) => [
          name,
          { type: value === undefined ? ('boolean' as const) : ('string' as const) },
        ]),
      ),
    });
    const typed = { command: named, words: positionals, values: values as Values };
    checkValues(typed.command, typed.values);
    return typed;
  } catch (error) {
    if (error instanceof WrongCommand) throw error;
    throw new WrongCommand(error instanceof Error ? error.message : String(error));
  }
}

function withoutCommand(args: readonly string[]): Typed {
  const [first] = args;
  if (first === undefined || first === 'help' || first === '--help' || first === '-h') {
    return { command: undefined, words: [], values: {} };
  }
  const near = commands.filter(({ name }) => name.split(' ')[0] === first);
  const hint = near.map(({ name }) => `  daftari ${name}`);
  const what =
    near.length === 0 ? `there is no command "${first}"; daftari help lists them` : 'one of:';
  throw new WrongCommand([what, ...hint].join('\n'));
}

function checkValues({ options }: Command, values: Values): void {
  for (const { name, oneOf } of options) {
    const value = values[name];
    if (oneOf === undefined || typeof value !== 'string' || oneOf.includes(value)) continue;
    throw new WrongCommand(`--${name} is one of ${oneOf.join(', ')}`);
  }
}

/** The help of one command, or of all. */
export function helpOf(command: Command | undefined): string {
  if (command !== undefined) {
    const { name, takes = '', says, options } = command;
    const all = [...options, ...everywhere].map(({ name: option, value = '', ...more }) => [
      `--${option} ${value}`.trimEnd(),
      `${more.says}${more.oneOf === undefined ? '' : `: ${more.oneOf.join(', ')}`}`,
    ]);
    return `daftari ${`${name} ${takes}`.trimEnd()} [options]\n  ${says}\n\n${aligned(all)}\n`;
  }
  const all = commands.map(({ name, takes = '', says }) => [`${name} ${takes}`.trimEnd(), says]);
  return `Daftari from the terminal.

  daftari COMMAND [options]

${aligned(all)}

  daftari COMMAND --help says what a command takes.

Environment
  DAFTARI_KEY, DAFTARI_URL   an API key and an address, before those of a profile
  DAFTARI_PROFILE            which sign-in to use
  NO_COLOR                   no colours

Exit codes
  0  done
  1  the API refused, or it ended otherwise than wished: not paid, not proven
  2  a statement is locked and was given no password, or a wrong one
  3  the command is wrong, nobody is signed in, or the API cannot be reached
`;
}

function aligned(rows: readonly (readonly string[])[]): string {
  const width = Math.max(...rows.map(([left = '']) => left.length));
  return rows.map(([left = '', right = '']) => `  ${left.padEnd(width)}  ${right}`).join('\n');
}
