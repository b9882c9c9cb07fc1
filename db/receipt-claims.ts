/** Claims a receipt for money that was posted before its receipt was known. */
import type { LedgerTransactionId, ShortcodeId } from '../domain/ids.ts';
import type { Source } from '../domain/ledger/terms.ts';
import type { Cents } from '../domain/money.ts';
import type { TenantHandle } from './database.ts';

/** True when the receipt is now (or was already) that of this transaction. */
export async function claimReceipt(
  t: TenantHandle,
  claim: {
    shortcodeId: ShortcodeId;
    receipt: string;
    amountCents: Cents;
    transactionId: LedgerTransactionId;
    source: Source;
  },
): Promise<boolean> {
  const { shortcodeId, receipt, amountCents, transactionId, source } = claim;
  await t.query
    .insertInto('receipts')
    .values({
      ...{ tenant_id: t.tenantId, shortcode_id: shortcodeId, receipt, leg: 'credit' },
      ...{ amount_cents: amountCents, transaction_id: transactionId },
      ...{ source_kind: source.kind, source_id: source.id },
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const holder = await t.query
    .selectFrom('receipts')
    .select('transaction_id')
    .where('shortcode_id', '=', shortcodeId)
    .where('receipt', '=', receipt)
    .where('leg', '=', 'credit')
    .executeTakeFirst();
  return holder?.transaction_id === transactionId;
}

/** Whether money was credited under this receipt before, whoever told of it. */
export async function isReceiptCredited(
  t: TenantHandle,
  { shortcodeId, receipt }: { shortcodeId: ShortcodeId; receipt: string },
): Promise<boolean> {
  const found = await t.query
    .selectFrom('receipts')
    .select('receipt')
    .where('shortcode_id', '=', shortcodeId)
    .where('receipt', '=', receipt)
    .where('leg', '=', 'credit')
    .executeTakeFirst();
  return found !== undefined;
}
