/**
 * Answers M-PESA whether a customer's payment may be taken, within its deadline whatever our
 * database does: what cannot be looked up in time is decided by the shortcode's own settings, which
 * are remembered from the last time they were read.
 */
import type { Database, TenantHandle } from '../../db/database.ts';
import type { HookTarget } from '../../db/hook-tokens.ts';
import { findShortcode, type Shortcode } from '../../db/shortcodes.ts';
import { parseC2bPayment, type C2bPayment } from '../../domain/daraja/callbacks.ts';
import type { ValidationSettings } from '../../domain/daraja/validation-settings.ts';
import { id } from '../../domain/ids.ts';
import type { HookMetrics } from './metrics.ts';

export type ValidationVerdict =
  | { accept: true }
  | {
      accept: false;
      code: 'C2B00011' | 'C2B00012' | 'C2B00013' | 'C2B00014' | 'C2B00015' | 'C2B00016';
    };

/** How payments are judged; the part that knows what is waited for brings both. */
export interface C2bValidator {
  /** Pure; `isKnown` is undefined when nobody could look the reference up. */
  rule(
    payment: Pick<C2bPayment, 'amountCents' | 'accountReference'>,
    settings: ValidationSettings,
    isKnown: boolean | undefined,
  ): ValidationVerdict;
  isKnownReference(t: TenantHandle, shortcode: Shortcode, reference: string): Promise<boolean>;
}

export interface ValidationAnswer {
  ResultCode: string;
  ResultDesc: 'Accepted' | 'Rejected';
}

export interface ValidationDependencies {
  db: Pick<Database, 'withTenant'>;
  validator: C2bValidator;
  metrics: HookMetrics;
  /** M-PESA waits about eight seconds. */
  deadlineMs?: number;
}

const deadlineMsDefault = 3_500;
const rememberedMax = 10_000;

export type AnswerValidation = (target: HookTarget, body: unknown) => Promise<ValidationAnswer>;

export function openValidation(deps: ValidationDependencies): AnswerValidation {
  const remembered = new Map<string, Shortcode>();

  function decide(target: HookTarget, payment: C2bPayment): Promise<ValidationVerdict> {
    return deps.db.withTenant(
      target.tenantId,
      async (t) => {
        const shortcode = await findShortcode(t, id('shortcode', target.targetId));
        if (shortcode === undefined) return { accept: false, code: 'C2B00015' };
        if (remembered.size >= rememberedMax) remembered.clear();
        remembered.set(target.targetId, shortcode);
        const { validation } = shortcode;
        const isLookedUp = validation.isOn && validation.account === 'known';
        const isKnown = isLookedUp
          ? await deps.validator.isKnownReference(t, shortcode, payment.accountReference)
          : undefined;
        return judge(deps.validator, { shortcode, payment, isKnown });
      },
      { readOnly: true },
    );
  }

  function fallback(targetId: string, payment: C2bPayment | undefined): ValidationVerdict {
    const shortcode = remembered.get(targetId);
    // Nothing is known about it: money that comes is better sorted out than turned away.
    if (shortcode === undefined) return { accept: true };
    if (payment !== undefined) return judge(deps.validator, { shortcode, payment });
    const isTaken = shortcode.validation.whenUndecided === 'accept';
    return isTaken ? { accept: true } : { accept: false, code: 'C2B00016' };
  }

  return async (target, body) => {
    const startedMs = performance.now();
    const parsed = parseC2bPayment(body);
    const payment = parsed.ok ? parsed.value : undefined;
    const decided =
      payment === undefined
        ? undefined
        : await inTime(decide(target, payment), deps.deadlineMs ?? deadlineMsDefault);
    deps.metrics.validationSeconds.observe(
      { decided: decided === undefined ? 'settings' : 'rules' },
      (performance.now() - startedMs) / 1000,
    );
    return answerOf(decided ?? fallback(target.targetId, payment));
  };
}

function judge(
  { rule }: C2bValidator,
  asked: { shortcode: Shortcode; payment: C2bPayment; isKnown?: boolean | undefined },
): ValidationVerdict {
  const { shortcode, payment, isKnown } = asked;
  const isOurs = [shortcode.number, shortcode.storeNumber].includes(payment.shortcode);
  if (!isOurs) return { accept: false, code: 'C2B00015' };
  if (shortcode.status === 'paused') return { accept: false, code: 'C2B00016' };
  return rule(payment, shortcode.validation, isKnown);
}

function answerOf(verdict: ValidationVerdict): ValidationAnswer {
  return verdict.accept
    ? { ResultCode: '0', ResultDesc: 'Accepted' }
    : { ResultCode: verdict.code, ResultDesc: 'Rejected' };
}

/** The value, or undefined when it is late or fails: both leave it to the settings. */
async function inTime<Value>(work: Promise<Value>, withinMs: number): Promise<Value | undefined> {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), withinMs);
  try {
    return await Promise.race([work.catch(() => undefined), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
