/** gw-4: what verifying an access token costs beside the bare signature check of node:crypto. */
import { generateKeyPairSync, randomUUID, verify, type KeyObject } from 'node:crypto';
import { signingKeys } from '../../api/auth/keys.ts';
import { issueToken, tokenVerifier } from '../../api/auth/tokens.ts';
import { id } from '../../domain/ids.ts';
import { compared, type BenchOptions, type Gate } from '../gate.ts';

const authority = () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { keys: signingKeys(privateKey), issuer: 'http://bench', audience: 'daftari-api' };
};

function microsecondsOf(count: number, before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}

/** Different tokens each time, so that nothing remembered helps; both sides check all of them. */
export async function verifyGate({ isSmoke }: BenchOptions): Promise<Gate[]> {
  const rounds = isSmoke ? 3 : 7;
  const count = isSmoke ? 300 : 2_000;
  const house = authority();
  const check = tokenVerifier(house);
  const tokens = Array.from({ length: count }, () => issueToken(house, somebody(), Date.now()));
  const { publicKey } = house.keys.active;
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const whole = process.cpuUsage();
    for (const token of tokens) {
      if ((await check(token, Date.now())) === undefined) throw new Error('a good token failed');
    }
    const oursNow = microsecondsOf(count, whole);
    const signature = process.cpuUsage();
    for (const token of tokens) {
      if (!isSigned(token, publicKey)) throw new Error('a signature failed');
    }
    const bareNow = microsecondsOf(count, signature);
    // The first round warms up.
    if (round > 0) ours.push(oursNow);
    if (round > 0) bare.push(bareNow);
  }
  const limit = isSmoke ? '<= 5' : '<= 2.5';
  const detail = `${count} tokens, ${rounds} rounds; all good on both sides`;
  return [compared({ gate: 'gw-4', unit: 'us CPU/token', limit, ours, reference: bare, detail })];
}

const somebody = () => ({
  userId: id('user', randomUUID()),
  tenantId: id('tenant', randomUUID()),
  sessionId: id('session', randomUUID()),
  role: 'owner' as const,
  signedInAt: Math.floor(Date.now() / 1000),
});

function isSigned(token: string, publicKey: KeyObject): boolean {
  const end = token.lastIndexOf('.');
  const bytes = Buffer.from(token.slice(end + 1), 'base64url');
  return verify('sha256', Buffer.from(token.slice(0, end)), publicKey, bytes);
}
