/** What a command of `daftari` is. The table of them makes the help, the parsing and the completion. */
import type { Call } from './call.ts';

/** How the program ends; the same as `npm run ingest` ends. */
export const exitCodes = { done: 0, refused: 1, locked: 2, failed: 3 } as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export interface Option {
  name: string;
  /** What stands for its value in the help; without it the option is a switch. */
  value?: string;
  says: string;
  /** The values there are, for completion and for a check before anything is asked. */
  oneOf?: readonly string[];
}

export interface Command {
  /** `statements upload`: one word or two. */
  name: string;
  /** What stands behind its name: `FILE…`. */
  takes?: string;
  says: string;
  options: readonly Option[];
  run(call: Call): Promise<ExitCode>;
}

/** The command line is wrong; the message says in what. */
export class WrongCommand extends Error {}

/** Options that every command has. */
export const everywhere: readonly Option[] = [
  { name: 'profile', value: 'NAME', says: 'which sign-in to use (default: the last one made)' },
  { name: 'url', value: 'URL', says: 'address of the API (default: of the profile)' },
  { name: 'json', says: 'JSON on stdout, one object a line' },
  { name: 'quiet', says: 'only ids on stdout, and nothing while it works' },
  { name: 'help', says: 'what the command takes' },
];
