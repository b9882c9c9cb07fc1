/** What a business hears of a customer's payment: a question before it, and word of it after. */
import { formatAmount } from '../../../domain/money.ts';
import { accountOf } from '../book/accounts.ts';
import { receivingAccount } from '../book/book.ts';
import { maskedForC2b } from '../book/names.ts';
import { sendCallback } from '../callbacks.ts';
import type { Effect } from '../faults/effects.ts';
import { sha256Hex } from '../random.ts';
import type { Entry, Organisation, RegisteredUrls } from '../terms.ts';
import { compactTime } from '../times.ts';
import type { World } from '../world.ts';
import { tellBiller } from './bill-manager.ts';

/** Draws what the rules do to the confirmation of a payment that is just being asked for. */
export function confirmationEffects(world: World, entry: Entry): Effect[] {
  const { msisdn, amountCents, shortcode } = entry;
  return world.rules.draw({
    api: 'c2b-confirmation',
    msisdn: msisdn ?? '',
    amountCents,
    shortcode,
  });
}

/** Tells the registered confirmation URL, and Bill Manager's, that the payment was made. */
export async function confirm(
  world: World,
  {
    entry,
    organisation,
    effects,
    thirdPartyId = '',
  }: {
    entry: Entry;
    organisation: Organisation;
    effects: readonly Effect[];
    /** What the validation answered to be repeated here. */
    thirdPartyId?: string;
  },
): Promise<void> {
  const { urls } = organisation;
  await tellBiller(world, entry, organisation);
  if (urls === undefined || urls.confirmationUrl === '') return;
  const body = c2bBody(world, { entry, organisation, urls, thirdPartyId });
  await sendCallback(world, {
    api: 'c2b-confirmation',
    url: urls.confirmationUrl,
    body,
    effects,
    entry,
  });
}

export interface Verdict {
  isAccepted: boolean;
  /** The refusal's C2B code. */
  code: string;
  thirdPartyId: string;
}

/** Asks the validation URL; what silence means was said when it was registered. */
export async function validate(
  world: World,
  { entry, organisation, receipt }: { entry: Entry; organisation: Organisation; receipt: string },
): Promise<Verdict> {
  const { urls, hasExternalValidation } = organisation;
  const accepted = { isAccepted: true, code: '0', thirdPartyId: '' };
  if (!hasExternalValidation || urls === undefined || urls.validationUrl === '') return accepted;
  const asked = { ...entry, receipt };
  const body = c2bBody(world, { entry: asked, organisation, urls, isQuestion: true });
  const { answer, body: text } = await world.courier.send({
    api: 'c2b-validation',
    url: urls.validationUrl,
    text: JSON.stringify(body),
    timeoutMs: world.settings.validationMs,
    retriesMs: [],
    effects: [],
    onTry: (status) => {
      entry.callbacks.push({
        api: 'c2b-validation',
        at: world.clock.now(),
        answer: status,
        isGenuine: true,
      });
    },
  });
  const verdict = answer === 200 ? readVerdict(text) : undefined;
  return (
    verdict ?? { ...accepted, isAccepted: urls.responseType === 'Completed', code: 'C2B00016' }
  );
}

function readVerdict(text: string): Verdict | undefined {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body !== 'object' || body === null || !('ResultCode' in body)) return undefined;
    const code = String(body.ResultCode);
    const id = 'ThirdPartyTransID' in body ? body.ThirdPartyTransID : '';
    return { isAccepted: code === '0', code, thirdPartyId: typeof id === 'string' ? id : '' };
  } catch {
    return undefined;
  }
}

function c2bBody(
  world: World,
  {
    entry,
    organisation,
    urls,
    thirdPartyId = '',
    isQuestion = false,
  }: {
    entry: Entry;
    organisation: Organisation;
    urls: RegisteredUrls;
    thirdPartyId?: string;
    isQuestion?: boolean;
  },
): Record<string, string> {
  const msisdn = entry.msisdn ?? '';
  const account = accountOf(organisation.number, receivingAccount(organisation));
  const [first = ''] = (world.book.customers.get(msisdn)?.name ?? '').split(' ');
  return {
    TransactionType: organisation.kind === 'till' ? 'Buy Goods' : 'Pay Bill',
    TransID: entry.receipt ?? '',
    TransTime: compactTime(entry.completedAt ?? world.clock.now()),
    TransAmount: (entry.amountCents / 100).toFixed(2),
    BusinessShortCode: organisation.number,
    BillRefNumber: entry.accountReference,
    InvoiceNumber: '',
    OrgAccountBalance: isQuestion
      ? ''
      : formatAmount(world.book.accounts.balanceOf(account)).replaceAll(',', ''),
    ThirdPartyTransID: thirdPartyId,
    MSISDN: urls.version === 1 ? sha256Hex(msisdn) : maskedForC2b(msisdn),
    FirstName: first,
    MiddleName: '',
    LastName: '',
  };
}
