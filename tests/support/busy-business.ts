/** A business that goes on writing through the public API, and asks for each thing it wrote at once. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Answer, ApiClient } from './api-client.ts';
import type { Stack } from './stack.ts';
import { until } from './until.ts';

export interface BusyBusiness {
  tenantId: string;
  client: ApiClient;
  /** The customers it wrote: their ids as the API told them. */
  written: string[];
  /** Answers that nobody should get: what was written is not there, or another fault than "later". */
  oddities: string[];
  /** Shows a second factor; it counts for five minutes. */
  stepUp(): Promise<void>;
  /** Resolves when so many more were written. */
  writesOn(count: number): Promise<void>;
  stop(): Promise<void>;
}

/** Between two writes, so that the writing is no load test. */
const paceMs = 250;

/** Another business of the stack; it writes until it is stopped. */
export async function openBusyBusiness(stack: Stack): Promise<BusyBusiness> {
  const { tenantId, client } = await stack.newTenant();
  const written: string[] = [];
  const oddities: string[] = [];
  const over = new AbortController();
  const working = (async () => {
    for (let n = 0; !over.signal.aborted; n += 1) {
      const key = { 'idempotency-key': randomUUID() };
      const body = { reference: `R-${n}`, name: `Customer ${n}` };
      let tries = 0;
      const made = await patiently(over.signal, () => {
        tries += 1;
        return client.post<{ id: string; code?: string }>('/v1/customers', body, key);
      });
      if (made === undefined) return;
      if (made.status === 201) {
        const { id } = made.body;
        written.push(id);
        const read = await patiently(over.signal, () => client.get(`/v1/customers/${id}`));
        if (read !== undefined && read.status !== 200) oddities.push(`read ${n}: ${read.status}`);
      } else if (tries > 1 && made.body.code === 'reference-taken') {
        // A try that was told to come back had written it all the same; it is there once.
        written.push(body.reference);
      } else {
        oddities.push(`write ${n}: ${made.status} ${JSON.stringify(made.body)}`);
      }
      await delay(paceMs);
    }
  })().catch((error: unknown) => void oddities.push(String(error)));
  return {
    ...{ tenantId, client, written, oddities },
    async stepUp() {
      const password = 'a long enough password';
      const answer = await patiently(new AbortController().signal, () =>
        client.post('/v1/sessions/step-up', { password }),
      );
      if (answer?.status !== 204) throw new Error(`the step-up was answered ${answer?.status}`);
    },
    async writesOn(count) {
      const from = written.length;
      await until(() => written.length >= from + count, { withinMs: 60_000 });
    },
    async stop() {
      over.abort();
      await working;
    },
  };
}

/** Tells a run something, again while the answer is "later": its worker may still be starting. */
export async function tell(ask: () => Promise<{ status: number }>): Promise<void> {
  let status = 0;
  let wasLater = false;
  await until(
    async () => {
      wasLater ||= status === 503;
      ({ status } = await ask());
      return status !== 503;
    },
    { withinMs: 120_000, everyMs: paceMs },
  );
  // A try may have reached the run although its answer did not come in time.
  if (status !== 204 && !(wasLater && status === 409))
    throw new Error(`the run was not told: ${status}`);
}

/** Asks again while the answer is "later"; undefined when it was stopped meanwhile. */
async function patiently<Body>(
  signal: AbortSignal,
  ask: () => Promise<Answer<Body>>,
): Promise<Answer<Body> | undefined> {
  for (;;) {
    const answer = await ask();
    // 503 while nobody may write; 409 while the first of several tries may still be under way.
    const isLater = [409, 503].includes(answer.status) && answer.headers.has('retry-after');
    if (!isLater) return answer;
    if (signal.aborted) return undefined;
    await delay(paceMs);
  }
}
