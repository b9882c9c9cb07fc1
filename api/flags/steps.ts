/** Changes of flags from what is to what somebody wants, and asking a second operator for them. */
import type { z } from 'zod';
import { findFlagRequest, insertFlagRequest, type FlagRequest } from '../../db/flag-requests.ts';
import { listFlags, type StoredFlag } from '../../db/flags.ts';
import type { FlagPhase } from '../../domain/flags/lifecycle.ts';
import { changedFields, type FlagStep, type FlagWish } from '../../domain/flags/requests.ts';
import { toPublicId, type Id } from '../../domain/ids.ts';
import { expiryOf, standingOf } from '../../domain/waiting.ts';
import { isOwnRequest } from '../auth/checker.ts';
import { actorOf } from '../auth/principal.ts';
import { nowOf } from '../now.ts';
import { problem, type FieldError, type Problem } from '../problems.ts';
import type { Call } from '../route.ts';
import type { flagRequestView } from './schema.ts';
import { shownFlag } from './shown.ts';
import { wrongWords } from './wrong-words.ts';

/** A flag as it comes from a client: without a phase it stays in the one it is in. */
export type SentFlag = Omit<FlagWish, 'phase'> & { phase?: FlagPhase | undefined };

/** Flags as they are to be; a new one nothing is said about is in use at once. */
export function wishesOf(sent: readonly SentFlag[], stored: readonly StoredFlag[]): FlagWish[] {
  return sent.map((flag) => ({
    ...flag,
    phase: flag.phase ?? stored.find((one) => isSameFlag(one, flag))?.phase ?? 'active',
  }));
}

interface FlagPlace {
  key: string;
  environment: string;
}

/** Whether both are the one flag of one environment. */
export function isSameFlag(a: FlagPlace, b: FlagPlace): boolean {
  return a.key === b.key && a.environment === b.environment;
}

/** What would change; a flag that is like this already is left out. */
function stepsOf(wishes: readonly FlagWish[], stored: readonly StoredFlag[]): FlagStep[] {
  return wishes
    .map((after) => ({ before: stored.find((one) => isSameFlag(one, after)) ?? null, after }))
    .filter(({ before, after }) => changedFields(before, after).length > 0);
}

/** Flags that are to be like this in an environment, and where in the body each of them is. */
export interface FlagsAsked {
  environment: FlagWish['environment'];
  flags: readonly Omit<SentFlag, 'environment'>[];
  pointerOf(index: number): string;
}

/** What would change, or what is wrong with it. */
export async function compareFlags(
  call: Call,
  { environment, flags, pointerOf }: FlagsAsked,
): Promise<{ steps: FlagStep[]; stored: StoredFlag[] } | Problem> {
  const all = await listFlags(call.dependencies.db);
  const stored = all.filter((one) => one.environment === environment);
  const wishes = wishesOf(
    flags.map((flag) => ({ ...flag, environment })),
    stored,
  );
  const errors = await wrongWords(call, wishes, pointerOf);
  if (errors.length > 0) return problem('validation-failed', { errors: errors.slice(0, 50) });
  return { steps: stepsOf(wishes, stored), stored };
}

/** The request with this id, if the first answer to it was lost. */
export function knownRequest(
  { dependencies: { db } }: Call,
  requestId: Id<'flagRequest'>,
): Promise<FlagRequest | undefined> {
  return db.asOperator('look for a request for flags', (o) => findFlagRequest(o, requestId));
}

/** Asks for the change; a change of nothing is refused at this place of the body. */
export async function askForSteps(
  call: Call,
  asked: Pick<FlagRequest, 'id' | 'environment' | 'steps' | 'reason'>,
  pointer: string,
): Promise<FlagRequest | Problem> {
  if (asked.steps.length === 0) {
    const error: FieldError = { in: 'body', pointer, detail: 'are all like this' };
    return problem('validation-failed', { errors: [error] });
  }
  const requestedBy = actorOf(call.principal);
  const requestedAt = nowOf(call);
  const expiresAt = expiryOf(requestedAt);
  const request = { ...asked, requestedBy, requestedAt, expiresAt };
  return call.dependencies.db.asOperator(`ask for a change of flags, by ${requestedBy}`, (o) =>
    insertFlagRequest(o, request),
  );
}

/** The differences, with ids as people know them. */
export function shownSteps(steps: readonly FlagStep[]) {
  return steps.map(({ before, after }) => ({
    before: before && shownFlag(before),
    after: shownFlag(after),
    changed: changedFields(before, after),
  }));
}

/** A request as the caller sees it. */
export function shownRequest(request: FlagRequest, call: Call): z.input<typeof flagRequestView> {
  return {
    ...request,
    ...{ id: toPublicId('flagRequest', request.id), steps: shownSteps(request.steps) },
    status: standingOf(request, nowOf(call)),
    isOwn: isOwnRequest(call.principal, request),
  };
}
