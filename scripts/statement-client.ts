/** The part of the public API that the sample run uses, over HTTP alone. */
import { setTimeout as delay } from 'node:timers/promises';
import type { AcceptedStatement, Statement } from '../api/statements/schema.ts';

export interface Api {
  upload(file: {
    fileName: string;
    bytes: Uint8Array;
    password?: string;
  }): Promise<AcceptedStatement>;
  /** Follows a statement until it rests, telling each stage in words; throws after ten minutes. */
  follow(statementId: string, onStage: (words: string) => void): Promise<Statement>;
  /** Answers a statement that waits for its columns with the mapping the API proposes. */
  acceptProposedMapping(statementId: string, name: string): Promise<void>;
}

const pollMs = 200;
const followMaxMs = 600_000;

/** Signs in; throws with the problem's own words when the API refuses. */
export async function signIn(
  url: string,
  login: { email: string; password: string },
): Promise<Api> {
  const call = caller(url);
  const session = await call<{ accessToken: string }>('POST', '/v1/sessions', { json: login });
  const authorised = caller(url, session.accessToken);
  return {
    upload: ({ fileName, bytes, password }) => {
      const form = new FormData();
      if (password !== undefined) form.set('password', password);
      form.set('file', new Blob([Uint8Array.from(bytes)]), fileName);
      return authorised('POST', '/v1/statements', { form });
    },
    follow: (statementId, onStage) => follow(authorised, statementId, onStage),
    async acceptProposedMapping(statementId, name) {
      const path = `/v1/statements/${statementId}/mapping`;
      const { proposed } = await authorised<{ proposed: object | null }>('GET', path);
      if (proposed === null) throw new Error(`No mapping can be proposed for ${name}.`);
      await authorised('POST', path, { json: { mapping: proposed, remember: true, name } });
    },
  };
}

type Call = <Body>(
  method: string,
  path: string,
  body?: { json?: object; form?: FormData },
) => Promise<Body>;

function caller(url: string, token?: string): Call {
  return async (method, path, { json, form } = {}) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      ...(form === undefined ? {} : { body: form }),
      signal: AbortSignal.timeout(120_000),
    });
    const body = JSON.parse(await response.text());
    if (!response.ok)
      throw new Error(
        `${method} ${path} answered ${response.status}: ${body.detail ?? body.title}`,
      );
    return body;
  };
}

async function follow(
  call: Call,
  statementId: string,
  onStage: (words: string) => void,
): Promise<Statement> {
  const deadline = performance.now() + followMaxMs;
  let told = 0;
  while (performance.now() < deadline) {
    const statement = await call<Statement>('GET', `/v1/statements/${statementId}`);
    for (const stage of statement.stages.slice(told)) onStage(wordsOf(stage));
    told = Math.max(told, statement.stages.length);
    if (statement.status !== 'processing' && statement.status !== 'undoing') return statement;
    await delay(pollMs);
  }
  throw new Error(`The statement ${statementId} is still being worked on after ten minutes.`);
}

function wordsOf({ stage, counts }: Statement['stages'][number]): string {
  const figures = Object.entries(counts ?? {}).map(([name, count]) => `${count} ${name}`);
  return figures.length === 0 ? stage : `${stage} (${figures.join(', ')})`;
}
