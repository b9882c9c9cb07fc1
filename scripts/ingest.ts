/** `npm run ingest -- FILE…`: sends statements through the public API and waits for the proof. */
import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { demoLogin } from './demo-tenant.ts';
import { findApi } from './ingest/address.ts';
import { exitCodes, help, readArguments, type IngestArguments } from './ingest/arguments.ts';
import { openClient, Refused, type Client, type Login } from './ingest/client.ts';
import { sendAndFollow } from './ingest/follow.ts';
import { refusedFile, resultOf, type FileResult } from './ingest/result.ts';
import { ingestSamples } from './ingest/samples.ts';
import { describeResult } from './ingest/summary.ts';

const lockProblems = ['password-needed', 'password-wrong'];

function loginOf({ email, loginPassword }: IngestArguments): Login {
  const token = process.env['DAFTARI_TOKEN'];
  if (email !== undefined && loginPassword !== undefined) return { email, password: loginPassword };
  return token === undefined || token === '' ? demoLogin : { token };
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** On a terminal a stage replaces the one before it; in a log each has a line of its own. */
function tellStage(file: string, stage: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${file}: ${stage}`);
  else tell(`${file}: ${stage}`);
}

async function ingestFile(
  client: Client,
  path: string,
  options: IngestArguments,
): Promise<FileResult> {
  const file = basename(path);
  const { password, acceptMapping, withRows } = options;
  let lastStage = '';
  const onStage = (stage: string) => {
    if (stage !== lastStage) tellStage(file, stage);
    lastStage = stage;
  };
  try {
    const sent = { fileName: file, bytes: readFileSync(path), password };
    const { statement, lock } = await sendAndFollow(client, sent, { acceptMapping, onStage });
    if (process.stderr.isTTY) process.stderr.write('\r\u001b[2K');
    const result = await resultOf(client, { file, statement }, withRows);
    return lock === undefined ? result : { ...result, problem: lock };
  } catch (error) {
    // What the API refuses about a file is the file's result; a refused login is ours to report.
    if (!(error instanceof Refused) || ![400, 413, 415, 422].includes(error.status)) throw error;
    return refusedFile(file, error.code, error.message);
  }
}

function exitCodeOf(results: readonly FileResult[]): number {
  const isLocked = ({ problem }: FileResult) => problem !== null && lockProblems.includes(problem);
  if (results.some(isLocked)) return exitCodes.locked;
  const isProven = results.every(({ verdict }) => verdict === 'proven');
  return isProven ? exitCodes.allProven : exitCodes.notAllProven;
}

async function run(): Promise<number> {
  const options = readArguments(process.argv.slice(2));
  if (options.isHelp) {
    process.stdout.write(help);
    return exitCodes.allProven;
  }
  const url = findApi(options.url, process.env, resolve(import.meta.dirname, '../.daftari'));
  const client = await openClient(url, loginOf(options));
  if (options.files.length === 0) {
    process.stdout.write(`${JSON.stringify(await ingestSamples(client, tell))}\n`);
    return exitCodes.allProven;
  }
  const results: FileResult[] = [];
  for (const path of options.files) {
    const result = await ingestFile(client, path, options);
    results.push(result);
    const text = options.isJson ? JSON.stringify(result) : describeResult(result);
    process.stdout.write(`${text}\n`);
  }
  return exitCodeOf(results);
}

try {
  process.exitCode = await run();
} catch (error) {
  const cause =
    error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
  tell(`${error instanceof Error ? error.message : String(error)}${cause}`);
  process.exitCode = exitCodes.failed;
}
