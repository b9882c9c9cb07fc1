/** How movements read on the statements of the organisation portal. */
import type { Customer, Entry, Organisation } from '../terms.ts';
import type { Wording } from './book.ts';
import { maskedForExport } from './names.ts';

interface Words {
  payment: Wording;
  charge: Wording;
}

/** `25471****678 - WANJIKU **** DOE` */
function partyOf({ msisdn, name }: Customer): string {
  const [first = '', ...others] = name.split(' ');
  const rest = others.length > 1 ? `**** ${others.at(-1) ?? ''}` : others.join(' ');
  return `${maskedForExport(msisdn)} - ${`${first} ${rest}`.trim()}`;
}

export function receivedWords(organisation: Organisation, entry: Entry, payer: Customer): Words {
  const isTill = organisation.kind === 'till';
  const isOnline = entry.kind === 'stk';
  const party = partyOf(payer);
  const rail = `${isTill ? 'Merchant Payment' : 'Pay Bill'} ${isOnline ? 'Online ' : ''}from ${party}`;
  const usual = isTill ? 'Customer Merchant Payment' : 'Pay Utility';
  const online = isTill ? 'Merchant Payment Online' : 'Pay Bill Online';
  return {
    payment: {
      details: isTill ? rail : `${rail} Acc. ${entry.accountReference}`.trimEnd(),
      reasonType: isOnline ? online : usual,
      otherParty: party,
      accountReference: isTill ? '' : entry.accountReference,
    },
    charge: {
      details: isTill ? 'Pay Merchant Charge' : 'Pay Bill Charge',
      reasonType: isTill ? 'Buy Goods Charge' : 'Pay Utility',
      otherParty: 'SP',
      accountReference: '',
    },
  };
}

const payoutNames: Readonly<Record<string, readonly [details: string, reason: string]>> = {
  SalaryPayment: ['Salary Payment to', 'Salary Payment'],
  PromotionPayment: ['Promotion Payment to', 'Promotion Payment'],
};

export function payoutWords(entry: Entry, payee: Customer): Words {
  const [details, reasonType] = payoutNames[entry.commandId] ?? [
    'Business Payment to',
    'Business Payment to Customer',
  ];
  const party = partyOf(payee);
  return {
    payment: {
      details: `${details} ${party}`,
      reasonType,
      otherParty: party,
      accountReference: '',
    },
    charge: {
      details: 'Business Payment Charge',
      reasonType: 'Business Payment Charge',
      otherParty: 'SP',
      accountReference: '',
    },
  };
}

export function transferWords(
  entry: Entry,
  { payer, payee }: { payer: Organisation; payee: Organisation },
): Words {
  const isOwn = payer.number === payee.number;
  const isGoods = entry.commandId === 'BusinessBuyGoods';
  const party = `${payer.number} - ${payer.name}`;
  const reference = entry.accountReference;
  const details = isOwn
    ? 'Organization MMF Account to Utility Account'
    : isGoods
      ? `Merchant to Merchant Payment from ${party}`
      : `Business Pay Bill via API by ${party} Acc. ${reference}`.trimEnd();
  const reasonType = isOwn
    ? 'Organization Transfer'
    : isGoods
      ? 'Business Buy Goods'
      : 'Business Pay Bill';
  return {
    payment: { details, reasonType, otherParty: party, accountReference: reference },
    charge: {
      details: 'Business Pay Bill Charge',
      reasonType: 'Business Pay Bill Charge',
      otherParty: 'SP',
      accountReference: '',
    },
  };
}
