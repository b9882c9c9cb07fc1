/** Every payment of a shortcode within a time, page by page; half a list is no list. */
import type { ShortcodeCredentials } from '../db/shortcodes.ts';
import type { Instant } from '../domain/time.ts';
import type { Daraja, PulledPayment } from './daraja/client.ts';

export type PulledAll =
  | { kind: 'complete'; payments: PulledPayment[] }
  /** At least one page did not come: nothing may be concluded. */
  | { kind: 'incomplete'; cause: string };

const pageRows = 100;
/** Ten thousand payments in one question; a shortcode that busy is asked about shorter times. */
const pagesMax = 100;

/** Reads all pages of at most 48 hours. Payments that two pages show are in the list once. */
export async function pullAll(
  daraja: Pick<Daraja, 'pull'>,
  credentials: ShortcodeCredentials,
  range: { from: Instant; to: Instant },
): Promise<PulledAll> {
  const byReceipt = new Map<string, PulledPayment>();
  let offset = 0;
  for (let page = 0; page < pagesMax; page += 1) {
    const answer = await daraja.pull(credentials, { ...range, offset });
    if (answer.kind !== 'accepted') {
      const cause = answer.kind === 'rejected' ? answer.code : answer.cause;
      return { kind: 'incomplete', cause };
    }
    for (const payment of answer.value.payments) byReceipt.set(payment.receipt, payment);
    offset += answer.value.rowCount;
    if (answer.value.rowCount < pageRows) {
      return { kind: 'complete', payments: [...byReceipt.values()] };
    }
  }
  return { kind: 'incomplete', cause: 'too-many' };
}
