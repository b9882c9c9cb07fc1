/**
 * PostgreSQL, Kafka, Redis and Temporal of one suite's own, which it may take away and bring back.
 * They run with the command lines of `npm start`; a restart finds the data the service had.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export type ServiceName = 'postgres' | 'kafka' | 'redis' | 'temporal';

export interface DisturbedServices {
  /** Sends the signal and answers how the service ended: the signal's name or the exit code. */
  stop(name: ServiceName, signal: 'SIGKILL' | 'SIGQUIT'): Promise<string>;
  /** Starts it again where it was unless it runs, and resolves when it answers. */
  start(name: ServiceName): Promise<void>;
  /** Ends all of them and removes their data. */
  close(): Promise<void>;
}

interface Answer {
  env?: Record<string, string>;
  result?: string;
  problem?: string;
}

/** Starts the services; from then on `serviceVariable` of this test file answers their addresses. */
export async function openDisturbedServices(): Promise<DisturbedServices> {
  const keeper = spawn(
    process.execPath,
    [join(process.cwd(), 'tests/support/disturbed-services.mjs')],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const exited = once(keeper, 'exit');
  const lines = createInterface({ input: keeper.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<Answer> => {
    const { value, done } = await lines.next();
    const answer: Answer = done === true ? { problem: 'the keeper ended' } : JSON.parse(value);
    if (answer.problem !== undefined) throw new Error(`private services: ${answer.problem}`);
    return answer;
  };
  const ask = async (request: { do: string; name: ServiceName; signal?: string }) => {
    keeper.stdin.write(`${JSON.stringify(request)}\n`);
    return (await next()).result ?? '';
  };
  Object.assign(process.env, (await next()).env);
  return {
    stop: (name, signal) => ask({ do: 'stop', name, signal }),
    start: async (name) => {
      await ask({ do: 'start', name });
    },
    async close() {
      keeper.stdin.end();
      await exited;
    },
  };
}
