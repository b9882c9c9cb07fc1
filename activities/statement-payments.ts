/**
 * What a proven statement of a tenant's own shortcode says about its payments: a collection whose
 * callback was lost is repaired, one that is known gains a witness, and money that nobody knew of
 * arrives like any other. Payments that can be nobody's are laid on the desk in chunks; each of the
 * others is a transaction of its own. Repeating a row adds nothing.
 */
import { Context } from '@temporalio/activity';
import type { Database, TenantHandle } from '../db/database.ts';
import { arriveOnDesk, DeskArrivalRefused, strangersAmong } from '../db/desk-arrivals.ts';
import { newUuid } from '../db/new-id.ts';
import { recordReceived, type NewReceivedPayment } from '../db/received-payments.ts';
import { openRow } from '../db/row-secrets.ts';
import { findShortcodeByPrintedNumber, type Shortcode } from '../db/shortcodes.ts';
import { listUnwitnessedPayments, type PaymentLine } from '../db/statement-payments.ts';
import type { Statement } from '../db/statement-record.ts';
import { shownPayer } from '../domain/daraja/msisdn.ts';
import { id } from '../domain/ids.ts';
import { startConfirm } from './confirm-start.ts';
import { requireStatement } from './operations.ts';
import type { PaymentSeen } from './received-payments.ts';
import type { StepKey } from './statement-steps.ts';
import { witnessByStatement } from './statement-witness.ts';

export interface StatementPaymentDependencies {
  db: Database;
  /** Milliseconds since 1970. */
  nowMs: () => number;
}

const pageRows = 500;

/** How many rows of a statement repaired, confirmed or brought money. */
export interface PaymentsTold {
  repaired: number;
  confirmed: number;
  arrived: number;
}

/**
 * Lets every payment of a statement speak. Only a statement that was proven is believed: a file that
 * a person posted in spite of doubts is shown, and moves no money.
 */
export async function tellPayments(
  d: StatementPaymentDependencies,
  key: StepKey,
): Promise<PaymentsTold> {
  const told = { repaired: 0, confirmed: 0, arrived: 0 };
  const about = await d.db.withTenant(key.tenantId, (t) => shortcodeOf(t, key), { readOnly: true });
  if (about === undefined) return told;
  const activity = Context.current();
  const { statement, shortcode } = about;
  for (let afterOrdinal = -1; ;) {
    const wanted = { statementId: key.statementId, shortcodeId: shortcode.id, afterOrdinal };
    const since = shortcode.createdAt;
    const page = await d.db.withTenant(
      key.tenantId,
      (t) => listUnwitnessedPayments(t, { ...wanted, since, limit: pageRows }),
      { readOnly: true },
    );
    activity.cancellationSignal.throwIfAborted();
    const ours = { statement, shortcode, nowMs: d.nowMs() };
    const arrivals = await d.db.withTenant(key.tenantId, async (t) =>
      page.map((line) => arrivalOf(t, { ...ours, line })),
    );
    const laid = await layOnDesk(d, key, arrivals);
    told.arrived += laid.newCount;
    for (const arrival of arrivals) {
      if (laid.receipts.has(arrival.receipt)) continue;
      activity.cancellationSignal.throwIfAborted();
      const effect = await d.db.withTenant(key.tenantId, (t) => tell(t, arrival, d.nowMs()));
      if (effect !== 'known') told[effect] += 1;
    }
    afterOrdinal = page.at(-1)?.ordinal ?? afterOrdinal;
    if (page.length < pageRows) return told;
  }
}

/** The shortcode a proven statement is of; undefined when it is none of the tenant's. */
async function shortcodeOf(
  t: TenantHandle,
  key: StepKey,
): Promise<{ statement: Statement; shortcode: Shortcode } | undefined> {
  const statement = await requireStatement(t, key);
  const { account, verdict } = statement;
  if (account === null || verdict !== 'proven') return undefined;
  if (account.kind !== 'paybill' && account.kind !== 'till') return undefined;
  const shortcode = await findShortcodeByPrintedNumber(t, account.numberMasked);
  return shortcode === undefined ? undefined : { statement, shortcode };
}

/** Lays those that can be nobody's on the desk at once; none when the books refuse one of them. */
async function layOnDesk(
  d: StatementPaymentDependencies,
  key: StepKey,
  arrivals: readonly Arrival[],
): Promise<{ newCount: number; receipts: ReadonlySet<string> }> {
  const [first] = arrivals;
  if (first === undefined) return { newCount: 0, receipts: new Set() };
  try {
    return await d.db.withTenant(key.tenantId, async (t) => {
      const seen = arrivals.map((arrival) => ({ ...arrival, reference: arrival.words.reference }));
      const strangers = await strangersAmong(t, first.shortcodeId, seen);
      const once = [...new Map(strangers.map((one) => [one.receipt, one])).values()];
      const newCount = once.length === 0 ? 0 : await arriveOnDesk(t, once);
      return { newCount, receipts: new Set(once.map(({ receipt }) => receipt)) };
    });
  } catch (error) {
    if (!(error instanceof DeskArrivalRefused)) throw error;
    return { newCount: 0, receipts: new Set() };
  }
}

interface Told {
  statement: Statement;
  shortcode: Shortcode;
  line: PaymentLine;
  nowMs: number;
}

type Arrival = NewReceivedPayment & { seen: PaymentSeen };

function arrivalOf(t: TenantHandle, { statement, shortcode, line, nowMs }: Told): Arrival {
  const { counterparty, accountReference } = openRow(t, line.sealed);
  const reference = accountReference ?? counterparty?.accountReference ?? '';
  const msisdn = counterparty?.msisdn ?? '';
  const { receipt, amountCents, occurredAt } = line;
  const money = { shortcodeId: shortcode.id, receipt, amountCents, occurredAt };
  return {
    ...{ ...money, id: id('receivedPayment', newUuid(nowMs)), source: 'statement' },
    transactionType: line.purpose.slice(0, 60),
    words: { reference, msisdn, name: counterparty?.name ?? '' },
    ...(msisdn === '' ? {} : { msisdnMasked: shownPayer(msisdn) }),
    workflowId: statement.workflowId,
    seen: { ...money, msisdn, reference },
  };
}

async function tell(
  t: TenantHandle,
  { seen, ...arrival }: Arrival,
  nowMs: number,
): Promise<keyof PaymentsTold | 'known'> {
  const { workflowId } = arrival;
  const word = await witnessByStatement(t, seen, { workflowId, nowMs, timeScale: 1 });
  if (word.outcome === 'repaired' || word.outcome === 'confirmed') return word.outcome;
  const { payment, isNew } = await recordReceived(t, arrival);
  if (!isNew) return 'known';
  await startConfirm(t, payment.id);
  return 'arrived';
}
