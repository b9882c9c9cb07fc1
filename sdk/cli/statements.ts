/** Statements: sending them, following their reading, and what became of them. */
import { openAsBlob } from 'node:fs';
import { basename } from 'node:path';
import {
  getStatements,
  getStatementsId,
  getStatementsIdMapping,
  postStatements,
  postStatementsIdMapping,
  postStatementsIdPassword,
  type Statement,
} from '../index.ts';
import { followStatement, type Lock, type StatementRun } from '../follow-statement.ts';
import { inShillings } from './amounts.ts';
import type { Call, Client } from './call.ts';
import { exitCodes, WrongCommand, type Command, type ExitCode } from './command.ts';
import { eventsAt } from './follow.ts';
import { secretLine } from './lines-in.ts';
import { limited, listOptions } from './lists.ts';
import { answered, Refused } from './refused.ts';
import { printable, type Screen } from './screen.ts';

export const uploadStatements: Command = {
  name: 'statements upload',
  takes: 'FILE…',
  says: 'sends statements; --watch waits for the proof of each',
  options: [
    { name: 'password-stdin', says: 'opens locked PDFs with the first line of stdin' },
    { name: 'watch', says: 'follows each until it is read, or waits for somebody' },
    {
      name: 'accept-columns',
      says: 'with --watch, accepts the proposed columns of an unknown CSV',
    },
  ],
  async run(call) {
    if (call.words.length === 0) throw new WrongCommand('FILE is missing');
    const isLocked = call.isOn('password-stdin');
    const { stdin } = call.surroundings;
    const password = isLocked ? await secretLine(stdin, 'Password of the file: ') : undefined;
    const client = call.client();
    const codes: ExitCode[] = [];
    for (const path of call.words) codes.push(await upload(call, client, { path, password }));
    const worst = [exitCodes.locked, exitCodes.refused].find((code) => codes.includes(code));
    return worst ?? exitCodes.done;
  },
};

async function upload(
  call: Call,
  client: Client,
  { path, password }: { path: string; password: string | undefined },
): Promise<ExitCode> {
  const name = basename(path);
  try {
    const file = new File([await openAsBlob(path)], name);
    // The password stands before the file, so that it is known when the file arrives.
    const body = password === undefined ? { file } : { password, file };
    const accepted = await answered(postStatements({ client, body }));
    const { statement } = accepted;
    if (!call.isOn('watch')) {
      call.screen.show(
        accepted,
        `${statement.id}  ${printable(name)}: ${statement.status}`,
        statement.id,
      );
      return exitCodes.done;
    }
    const isPasswordTried = !accepted.duplicate;
    const run = runOf(client, statement);
    const options = { password, isPasswordTried, acceptMapping: call.isOn('accept-columns') };
    const onStage = (stage: string) => call.screen.progress(`${printable(name)}: ${stage}`);
    const lock = await followStatement(run, { ...options, onStage });
    const read = await run.read();
    call.screen.show(read, wordsOf(call.screen, read), read.id);
    return endOf(read, lock);
  } catch (error) {
    // What the API refuses about a file is the result of that file; the others are sent all the same.
    if (!(error instanceof Refused) || ![400, 413, 415, 422].includes(error.status)) throw error;
    call.screen.fail(`${printable(name)}: ${error.message}`);
    return exitCodes.refused;
  }
}

function runOf(client: Client, { id, operationId }: Statement): StatementRun<Statement> {
  const path = { id };
  return {
    read: () => answered(getStatementsId({ client, path })),
    events: (lastId) => eventsAt(client, `/v1/operations/${operationId}/events`, lastId),
    unlock: async (password) =>
      (await answered(postStatementsIdPassword({ client, path, body: { password } }))).accepted,
    async acceptMapping() {
      const { proposed } = await answered(getStatementsIdMapping({ client, path }));
      if (proposed === null) return false;
      await answered(postStatementsIdMapping({ client, path, body: { mapping: proposed } }));
      return true;
    },
  };
}

function endOf({ verdict }: Statement, lock: Lock): ExitCode {
  if (lock !== undefined) return exitCodes.locked;
  return verdict === 'proven' ? exitCodes.done : exitCodes.refused;
}

export const listStatements: Command = {
  name: 'statements list',
  says: 'statements, newest first',
  options: [
    {
      name: 'status',
      value: 'STATUS',
      says: 'processing, posted, refused, …; several with commas',
    },
    { name: 'verdict', value: 'VERDICT', says: 'proven, needsReview or refused' },
    { name: 'q', value: 'WORDS', says: 'words of the name of the file' },
    ...listOptions,
  ],
  async run(call) {
    const client = call.client();
    const query = call.query('status', 'verdict', 'q');
    const rows = await limited(call, (page) =>
      getStatements({ client, query: { ...query, ...page } }),
    );
    call.screen.list(rows, [
      { title: 'id', of: ({ id }) => id },
      { title: 'status', of: ({ status }) => status },
      { title: 'verdict', of: ({ verdict }) => verdict ?? '–' },
      { title: 'rows', of: ({ rowCount }) => String(rowCount), isNumber: true },
      { title: 'file', of: ({ fileName }) => fileName },
    ]);
    return exitCodes.done;
  },
};

export const showStatement: Command = {
  name: 'statements show',
  takes: 'ID',
  says: 'one statement with its totals and its proof',
  options: [],
  async run(call) {
    const path = { id: call.word('ID') };
    const statement = await answered(getStatementsId({ client: call.client(), path }));
    call.screen.show(statement, wordsOf(call.screen, statement), statement.id);
    return exitCodes.done;
  },
};

function wordsOf(screen: Screen, statement: Statement): string {
  const { fileName, status, verdict, problem, problemDetail, totals } = statement;
  const shade = verdict === 'proven' ? 'good' : verdict === 'refused' ? 'bad' : 'waiting';
  const why = problem === null ? '' : ` (${problem}${problemDetail ? `: ${problemDetail}` : ''})`;
  const money = `in KES ${inShillings(totals.inCents)}, out KES ${inShillings(totals.outCents)}`;
  const counts = `${statement.rowCount} rows, ${statement.newRowCount} new, ${statement.rejectCount} rejected`;
  return [
    `${statement.id}  ${printable(fileName)}: ${screen.shade(verdict ?? status, shade)}${printable(why)}`,
    `  ${counts}; ${money}`,
    ...statement.checks.map(
      ({ name, ok, detail }) =>
        `  ${ok === null ? '–' : ok ? '✓' : '✗'} ${name}: ${printable(detail)}`,
    ),
  ].join('\n');
}
