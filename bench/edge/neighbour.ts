/**
 * A business that asks at ten times its quota, and another beside it that asks within its own: how
 * much longer the calm one waits. Slices with and without the noise alternate, so that both see the
 * same machine.
 */
import autocannon from 'autocannon';
import { aTenant } from '../../tests/support/tenants.ts';
import { hashPassword } from '../../api/auth/passwords.ts';
import { scaledQuota, tenantQuotas } from '../../domain/edge/quota.ts';
import { openStack, type Stack } from '../../tests/support/stack.ts';
import { compared, type BenchOptions, type Gate } from '../gate.ts';
import { askEvenly } from './server.ts';

const quotaFactor = 2;
const password = 'a long enough password';

/** At ten times the quota of one, at most a quarter more waiting for the others. */
export async function neighbourGate({ isSmoke, say }: BenchOptions): Promise<Gate> {
  const stack = await openStack();
  try {
    await stack.startGateway({ RATE_LIMIT_FACTOR: String(quotaFactor) });
    const passwordHash = await hashPassword(password);
    const [calm, noisy] = [await aCaller(stack, passwordHash), await aCaller(stack, passwordHash)];
    const quiet: number[] = [];
    const beside: number[] = [];
    let refused = 0;
    for (let round = 0; round <= (isSmoke ? 3 : 7); round += 1) {
      const alone = await askEvenly(calm, { perSecond: 50, seconds: 1 });
      const [waited, noise] = await Promise.all([
        askEvenly(calm, { perSecond: 50, seconds: 1 }),
        overQuota(noisy),
      ]);
      refused += noise.refused;
      // The first round warms up.
      if (round > 0) quiet.push(alone.p95);
      if (round > 0) beside.push(waited.p95);
    }
    if (refused === 0) throw new Error('the noisy business was never refused');
    say(`edge: ${refused} requests of the noisy business were refused`);
    return compared({
      gate: 'edge-noisy-neighbour',
      unit: 'ms p95',
      limit: `<= ${isSmoke ? 2.5 : 1.25}`,
      ours: beside,
      reference: quiet,
      detail: `calm business at 50/s, alone and beside one at ten times its quota`,
    });
  } finally {
    await stack.close();
  }
}

interface Caller {
  url: string;
  headers: Record<string, string>;
}

async function aCaller(stack: Stack, passwordHash: string): Promise<Caller> {
  const { email } = await aTenant(stack.database.db, { passwordHash });
  const session = await fetch(`${stack.url}/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });
  const { accessToken } = (await session.json()) as { accessToken: string };
  return { url: `${stack.url}/v1/credential`, headers: { authorization: `Bearer ${accessToken}` } };
}

async function overQuota(caller: Caller): Promise<{ refused: number }> {
  const { perSecond } = scaledQuota(tenantQuotas.starter, quotaFactor);
  const result = await autocannon({
    ...caller,
    connections: 16,
    overallRate: perSecond * 10,
    duration: 1,
    workers: 1,
  });
  return { refused: result['4xx'] };
}
