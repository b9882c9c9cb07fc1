/** Questions to the ledger's routes, for suites about it. */
import { randomUUID } from 'node:crypto';
import type { Answer, ApiStage } from './api.ts';

/** `token` is asked for at each call, because suites sign in once the stage stands. */
export function ledgerApi(stage: () => ApiStage, token: () => string) {
  const get = (path: string, by = token()) => stage().fetch(`/v1/ledger${path}`, { token: by });
  return {
    get,
    send: (path: string, json: unknown, options: { by?: string; key?: string } = {}) =>
      stage().fetch(`/v1/ledger${path}`, {
        ...{ method: 'POST', token: options.by ?? token(), json },
        headers: { 'Idempotency-Key': options.key ?? randomUUID() },
      }),
    /** The account of this kind; the suites have one of each. */
    async accountId(kind: string): Promise<string> {
      const { body } = await get(`/accounts?kind=${kind}`);
      return String((body as { data: { id: string }[] }).data[0]?.id);
    },
  };
}

/** The code of a problem. */
export const code = ({ body }: Answer) => (body as { code?: string }).code;
