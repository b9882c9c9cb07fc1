/** Asking one server at a fixed rate from a process of its own. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

export const loadSchema = z.object({
  url: z.url(),
  headers: z.record(z.string(), z.string()),
  perSecond: z.number(),
  seconds: z.number(),
  /** Seconds of asking before the first request that counts. */
  warmSeconds: z.number().default(0.5),
  connectionsMax: z.number().default(512),
  /** Milliseconds after the last request in which answers still count. */
  patienceMs: z.number().default(100),
});
export type Load = z.input<typeof loadSchema>;

export const answersSchema = z.object({
  sent: z.number(),
  /** Answered 200. */
  served: z.number(),
  /** Answered 429. */
  refused: z.number(),
  /** Answered anything else, or cut off. */
  failed: z.number(),
  /** Requests that found every connection waiting. */
  unsent: z.number(),
  connections: z.number(),
  /** Milliseconds from the request until its answer was there; of those served. */
  p50Ms: z.number(),
  p95Ms: z.number(),
  p99Ms: z.number(),
});
export type Answers = z.output<typeof answersSchema>;

const run = promisify(execFile);
/** Node of the project, which every server in TypeScript runs on. */
export const node = join(process.cwd(), 'node_modules', '.bin', 'node');

/** Asks whatever the answers are, and tells how many were which. */
export async function askAtRate(load: Load): Promise<Answers> {
  const { stdout } = await run(node, ['bench/edge/asker.ts', JSON.stringify(load)]);
  return answersSchema.parse(JSON.parse(stdout));
}

/** As `askAtRate`; throws when any request that was sent was not answered 200. */
export async function askAndBeServed(load: Load): Promise<Answers> {
  const answers = await askAtRate(load);
  if (answers.served === 0 || answers.served !== answers.sent) {
    throw new Error(`${load.url} was to answer all: ${JSON.stringify(answers)}`);
  }
  return answers;
}
