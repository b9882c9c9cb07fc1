/**
 * What a proven statement of a tenant's own shortcode says about its payments: a collection whose
 * callback was lost is repaired, one that is known gains a witness, and money that nobody knew of
 * arrives like any other. Each row is a transaction of its own, and repeating a row adds nothing.
 */
import { Context } from '@temporalio/activity';
import type { Database, TenantHandle } from '../db/database.ts';
import { newUuid } from '../db/new-id.ts';
import { recordReceived } from '../db/received-payments.ts';
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
    for (const line of page) {
      activity.cancellationSignal.throwIfAborted();
      const ours = { statement, shortcode, line, nowMs: d.nowMs() };
      const effect = await d.db.withTenant(key.tenantId, (t) => tell(t, ours));
      if (effect !== 'known') told[effect] += 1;
      activity.heartbeat({ nextOrdinal: statement.rowCount });
      afterOrdinal = line.ordinal;
    }
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

interface Told {
  statement: Statement;
  shortcode: Shortcode;
  line: PaymentLine;
  nowMs: number;
}

async function tell(t: TenantHandle, told: Told): Promise<keyof PaymentsTold | 'known'> {
  const { statement, shortcode, line, nowMs } = told;
  const { workflowId } = statement;
  const { counterparty, accountReference } = openRow(t, line.sealed);
  const reference = accountReference ?? counterparty?.accountReference ?? '';
  const msisdn = counterparty?.msisdn ?? '';
  const { receipt, amountCents, occurredAt } = line;
  const seen: PaymentSeen = {
    ...{ shortcodeId: shortcode.id, receipt, amountCents, occurredAt, msisdn, reference },
  };
  const word = await witnessByStatement(t, seen, { workflowId, nowMs, timeScale: 1 });
  if (word.outcome === 'repaired' || word.outcome === 'confirmed') return word.outcome;
  const { payment, isNew } = await recordReceived(t, {
    id: id('receivedPayment', newUuid(nowMs)),
    ...{ shortcodeId: shortcode.id, receipt, source: 'statement', amountCents, occurredAt },
    transactionType: line.purpose.slice(0, 60),
    words: { reference, msisdn, name: counterparty?.name ?? '' },
    ...(msisdn === '' ? {} : { msisdnMasked: shownPayer(msisdn) }),
    workflowId,
  });
  if (!isNew) return 'known';
  await startConfirm(t, payment.id);
  return 'arrived';
}
