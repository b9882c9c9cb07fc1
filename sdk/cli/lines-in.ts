/** Secrets are read from stdin or typed unseen; they never stand in a command line. */
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { WrongCommand } from './command.ts';

/**
 * The first line of stdin. On a terminal it is asked for with `question`, and what is typed is not
 * shown.
 */
export async function secretLine(stdin: NodeJS.ReadStream, question: string): Promise<string> {
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
  const isTerminal = stdin.isTTY === true;
  if (isTerminal) process.stderr.write(question);
  const lines = createInterface({ input: stdin, output: unseen, terminal: isTerminal });
  try {
    for await (const line of lines) return line.trim();
    throw new WrongCommand('nothing came on stdin');
  } finally {
    lines.close();
    if (isTerminal) process.stderr.write('\n');
  }
}
