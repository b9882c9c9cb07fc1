/**
 * Two people who change the same thing: `If-Match` with the version that was shown lets the second
 * change count only while that is still what there is. A version is a digest of what is shown of a
 * thing and can be changed, so whatever changes it makes another version, and nothing else does.
 */
import { createHash } from 'node:crypto';
import type { Request } from 'express';
import type { TenantHandle } from '../db/database.ts';
import { takeTurn } from '../db/turns.ts';
import { problem, type Problem } from './problems.ts';
import { entityTag, matchesTag } from './reply.ts';

export type Version = string | number;

/** The version of a thing that is shown so: 16 hexadecimal digits. */
export function versionOf(shown: object): string {
  return createHash('sha256').update(JSON.stringify(shown)).digest('hex').slice(0, 16);
}

/** Requests whose condition was looked at. */
const compared = new WeakSet<Request>();

/** A refusal when the request was made for another version; `undefined` stands for a thing that is not there. */
export function refuseStale(
  { request }: { request: Request },
  version: Version | undefined,
): Problem | undefined {
  compared.add(request);
  const wanted = request.get('if-match');
  if (wanted === undefined) return undefined;
  if (version === undefined) return problem('precondition-failed');
  const current = entityTag(version);
  if (matchesTag(wanted, current)) return undefined;
  return problem('precondition-failed', { headers: { ETag: current } });
}

/** Whether a handler did what its route promises: nothing was asked, or it was looked at. */
export function isConditionKept(request: Request): boolean {
  return request.get('if-match') === undefined || compared.has(request);
}

/** A thing that several people may change at once. */
export interface Contested<Thing> {
  read(): Promise<Thing | undefined>;
  version(thing: Thing): Version;
}

/**
 * The thing as it is until the end of the transaction, in which nobody else changes it. `name` is its
 * kind and id, by which all who change it take turns.
 */
export async function takeCurrent<Thing>(
  t: TenantHandle,
  call: { request: Request },
  { name, ...contested }: Contested<Thing> & { name: string },
): Promise<Thing | Problem> {
  await takeTurn(t, `${t.tenantId}/${name}`);
  return asItWas(call, contested);
}

/** The thing, unless it is another one than was looked at; call it while nobody can change it. */
export async function asItWas<Thing>(
  call: { request: Request },
  { read, version }: Contested<Thing>,
): Promise<Thing | Problem> {
  const thing = await read();
  if (thing === undefined) return problem('not-found');
  return refuseStale(call, version(thing)) ?? thing;
}
