#!/usr/bin/env node
/** `daftari`: what people and scripts do at a terminal, through the client library. */
import { Call } from './call.ts';
import { exitCodes, WrongCommand, type ExitCode } from './command.ts';
import { helpOf, readCommand } from './commands.ts';
import { openProfiles } from './profiles.ts';
import { Refused } from './refused.ts';
import { Screen } from './screen.ts';

const { env, stdin, stdout, stderr } = process;

async function run(args: readonly string[]): Promise<ExitCode> {
  const { command, words, values } = readCommand(args);
  if (command === undefined || values['help'] === true) {
    stdout.write(helpOf(command));
    return exitCodes.done;
  }
  const modes = { isJson: values['json'] === true, isQuiet: values['quiet'] === true };
  const screen = new Screen({ ...modes, stdout, stderr, env });
  return command.run(new Call(words, values, { env, stdin, profiles: openProfiles(env), screen }));
}

/** The sentence of a fault, and what lies beneath it: "fetch failed" alone says nothing. */
function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error && !(error instanceof Refused)
    ? `${error.message}: ${cause.message}`
    : error.message;
}

// A reader that has enough, like `head`, ends the program without a word.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCodes.done);
  throw error;
});

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  stderr.write(`${sentenceOf(error)}\n`);
  if (error instanceof WrongCommand) stderr.write('daftari help lists the commands.\n');
  process.exitCode = error instanceof Refused ? error.exitCode : exitCodes.failed;
}
