/** The steps of trying a shortcode out, and what the answer of Daraja means in a stable word. */
import type { Database, TenantHandle } from '../db/database.ts';
import type { HookTokens } from '../db/hook-tokens.ts';
import { findCheck, finishCheckRow, noteCheckSteps } from '../db/shortcode-checks.ts';
import type { CheckStep } from '../db/shortcode-tables.ts';
import {
  findShortcode,
  markPullRegistered,
  markUrlsRegistered,
  openCredentials,
  stopInitiator,
  type ShortcodeCredentials,
} from '../db/shortcodes.ts';
import { parseResult } from '../domain/daraja/callbacks.ts';
import { initiatorStopCodes } from '../domain/daraja/initiator-codes.ts';
import { shortcodeCheckWorkflowId } from '../temporal/workflow-ids.ts';
import type { CheckShortcodeInput } from '../workflows/shortcode-types.ts';
import type { Callback, CallbackHandlers, CallbackOutcome } from './callbacks.ts';
import type { Answer, Unanswered } from './daraja/answer.ts';
import type { Daraja } from './daraja/client.ts';

type CheckKey = Pick<CheckShortcodeInput, 'tenantId' | 'shortcodeId' | 'checkId'>;

export interface ShortcodeCheckCalls {
  checkToken(key: CheckKey): Promise<CheckStep>;
  checkPasskey(key: CheckKey): Promise<CheckStep>;
  /** Asks for the balance; the answer comes as a callback to the check. */
  askBalance(key: CheckKey): Promise<CheckStep>;
  registerAddresses(key: CheckKey): Promise<CheckStep>;
  /** Asks for the right to list payments: what never reached us is found with it. */
  registerPull(key: CheckKey): Promise<CheckStep>;
}

export interface ShortcodeCheckSteps {
  noteSteps(check: CheckKey & { steps: CheckStep[] }): Promise<void>;
  finishCheck(check: CheckKey & { steps: CheckStep[]; status: 'passed' | 'failed' }): Promise<void>;
}

type Dependencies = { db: Database; daraja: Daraja; hooks: HookTokens; pullMsisdn: string };

export function createShortcodeCheckCalls(d: Dependencies): ShortcodeCheckCalls {
  const { db, daraja, hooks } = d;
  const withCredentials = async (
    { tenantId, shortcodeId }: CheckKey,
    step: CheckStep['step'],
    work: (cred: ShortcodeCredentials) => Promise<CheckStep>,
  ): Promise<CheckStep> => {
    const cred = await db.withTenant(tenantId, (t) => openCredentials(t, shortcodeId), {
      readOnly: true,
    });
    return cred === undefined ? failedStep(step, 'no-credentials') : work(cred);
  };
  return {
    checkToken: (key) =>
      withCredentials(key, 'token', async (cred) => {
        const outcome = await daraja.signIn(cred);
        return outcome.ok ? passedStep('token', 'signed-in') : unanswered('token', outcome.answer);
      }),
    checkPasskey: (key) =>
      withCredentials(key, 'stk', async (cred) => {
        if (cred.passkey === '') return skippedStep('stk', 'no-passkey');
        // A prompt nobody sent: with the right passkey Daraja says that it does not exist.
        const answer = await daraja.stkQuery(cred, { checkoutRequestId: `ws_CO_${key.checkId}` });
        return passkeyStep(answer);
      }),
    askBalance: (key) =>
      withCredentials(key, 'initiator', async (cred) => {
        if (cred.initiatorName === '') return skippedStep('initiator', 'no-initiator');
        const { tenantId, checkId } = key;
        const about = { tenantId, targetId: checkId };
        const answer = await daraja.accountBalance(cred, {
          remarks: 'Connection test',
          resultUrl: hooks.urlOf('r', about),
          timeoutUrl: hooks.urlOf('t', about),
        });
        if (answer.kind === 'accepted') return passedStep('initiator', 'asked');
        return unanswered('initiator', answer);
      }),
    registerAddresses: (key) => withCredentials(key, 'register', (cred) => register(d, cred)),
    registerPull: (key) => withCredentials(key, 'pull', (cred) => registerPull(d, cred)),
  };
}

async function register(
  { db, daraja, hooks }: Dependencies,
  cred: ShortcodeCredentials,
): Promise<CheckStep> {
  const { tenantId, shortcodeId } = cred;
  const shortcode = await db.withTenant(tenantId, (t) => findShortcode(t, shortcodeId));
  const about = { tenantId, targetId: shortcodeId };
  const answer = await daraja.registerUrls(cred, {
    confirmationUrl: hooks.urlOf('c', about),
    validationUrl: hooks.urlOf('v', about),
    whenUnreachable: shortcode?.validation.whenUndecided ?? 'accept',
  });
  if (answer.kind !== 'accepted') {
    const isKnown = answer.kind === 'rejected' && /already registered/i.test(answer.message);
    return isKnown
      ? { step: 'register', state: 'failed', code: 'already-registered', detail: answer.message }
      : unanswered('register', answer);
  }
  await db.withTenant(tenantId, (t) => markUrlsRegistered(t, shortcodeId));
  return passedStep('register', 'registered');
}

/**
 * Daraja gives this right to pay bills with C2B only; a shortcode without it works, and silent pushes
 * of it are handed to people. A refusal is therefore told and fails nothing.
 */
async function registerPull(
  { db, daraja, hooks, pullMsisdn: nominatedMsisdn }: Dependencies,
  cred: ShortcodeCredentials,
): Promise<CheckStep> {
  const { tenantId, shortcodeId, kind } = cred;
  if (kind === 'till') return skippedStep('pull', 'not-for-tills');
  if (nominatedMsisdn === '') return skippedStep('pull', 'no-pull-number');
  const answer = await daraja.registerPull(cred, {
    nominatedMsisdn,
    callbackUrl: hooks.urlOf('c', { tenantId, targetId: shortcodeId }),
  });
  if (answer.kind === 'accepted') {
    await db.withTenant(tenantId, (t) => markPullRegistered(t, shortcodeId));
    return passedStep('pull', 'listed');
  }
  const { code, detail } = unanswered('pull', answer);
  return { step: 'pull', state: 'skipped', code, detail };
}

function passkeyStep(answer: Answer<unknown>): CheckStep {
  if (answer.kind === 'accepted') return passedStep('stk', 'accepted');
  const said = answer.kind === 'rejected' ? answer.message : wordsOf(answer);
  if (/does not exist|invalid checkoutrequestid/i.test(said) && !/merchant/i.test(said)) {
    return passedStep('stk', 'accepted');
  }
  if (/merchant does not exist/i.test(said)) return failedStep('stk', 'unknown-shortcode', said);
  if (/wrong credentials/i.test(said)) return failedStep('stk', 'wrong-passkey', said);
  return unanswered('stk', answer);
}

function unanswered(step: CheckStep['step'], answer: Unanswered): CheckStep {
  switch (answer.kind) {
    case 'rejected':
      return failedStep(step, knownCode(answer.code, answer.message), answer.message);
    case 'unknown':
      return failedStep(step, 'no-clear-answer', wordsOf(answer));
    case 'not-sent':
      return failedStep(step, answer.cause === 'rate-limited' ? 'busy' : 'unreachable');
  }
}

/** Words that screens know; everything else is `refused` with what Daraja said. */
function knownCode(code: string, message: string): string {
  if (['wrong-keys', 'initiator-stopped', 'initiator-missing', 'invalid-token'].includes(code)) {
    return code;
  }
  return /no apiproduct match/i.test(message) ? 'product-missing' : 'refused';
}

function wordsOf(answer: Unanswered): string {
  return answer.kind === 'unknown' ? answer.detail : '';
}

function passedStep(step: CheckStep['step'], code: string): CheckStep {
  return { step, state: 'passed', code, detail: null };
}

function skippedStep(step: CheckStep['step'], code: string): CheckStep {
  return { step, state: 'skipped', code, detail: null };
}

function failedStep(step: CheckStep['step'], code: string, detail?: string): CheckStep {
  return { step, state: 'failed', code, detail: detail ?? null };
}

export function createShortcodeCheckSteps({ db }: { db: Database }): ShortcodeCheckSteps {
  return {
    noteSteps: ({ tenantId, checkId, steps }) =>
      db.withTenant(tenantId, (t) => noteCheckSteps(t, checkId, steps)),
    finishCheck: ({ tenantId, checkId, steps, status }) =>
      db.withTenant(tenantId, (t) => finishCheckRow(t, checkId, { steps, status })),
  };
}

/** The answers to balance questions that a check asked. */
export function registerCheckCallbacks(handlers: CallbackHandlers): void {
  handlers.registerCallbackHandler('r', 'shortcode-checks', takeBalanceAnswer);
  handlers.registerCallbackHandler('t', 'shortcode-checks', takeBalanceAnswer);
}

async function takeBalanceAnswer(t: TenantHandle, callback: Callback): Promise<CallbackOutcome> {
  const check = await findCheck(t, callback.targetId);
  if (check === undefined) return { state: 'not-mine' };
  const parsed = parseResult(callback.body);
  if (!parsed.ok) return { state: 'quarantined', cause: parsed.refusal.code };
  const { resultCode: code } = parsed.value;
  if (callback.letter === 'r' && initiatorStopCodes.has(code)) {
    await stopInitiator(t, check.shortcodeId, { code });
  }
  const workflowId = shortcodeCheckWorkflowId({ tenantId: t.tenantId, checkId: check.id });
  const input = { code: callback.letter === 't' ? `timeout ${code}` : code };
  return { state: 'recorded', tell: { workflowId, signal: { name: 'balanceTold', input } } };
}
