/** Money coming in from outside: people, employers, banks, agents, abroad. */
import { agents, employer } from './names.ts';
import { receive } from './personal-life.ts';
import type { PersonalLife } from './personal-life.ts';
import { everydayAmount } from './spending.ts';
import { shillings } from './tariffs.ts';

export function receiveFromPerson(life: PersonalLife): boolean {
  const person = life.random.pick(life.contacts);
  const amount = everydayAmount(life, 100, 20_000);
  receive(life, {
    wording: ['Funds received from ', { person, alwaysDashed: true }],
    purpose: 'receive',
    amount,
  });
  return true;
}

export function depositCash(life: PersonalLife): boolean {
  const agent = life.random.pick(agents);
  const amount = shillings(life.random.int(1, 40) * 250);
  const verb = life.random.chance(0.9)
    ? 'Deposit of Funds at Agent Till'
    : 'Customer Deposit at Agent Till';
  receive(life, {
    wording: [`${verb} ${agent.shortcode} - ${agent.name}`],
    purpose: 'deposit.agent',
    amount,
  });
  return true;
}

export function receiveSalary(life: PersonalLife): boolean {
  const wording = [`Salary Payment from ${employer.shortcode} - ${employer.name}`];
  receive(life, { wording, purpose: 'salary', amount: shillings(life.random.int(62_000, 64_500)) });
  return true;
}

/** Bulk payouts by organisations: lenders, betting wins, promotions. */
export function receiveBusinessPayout(life: PersonalLife): boolean {
  const id = `AG_20250${life.random.int(1, 9)}${life.random.digits(12)}`;
  const choice = life.random.pick([
    [
      `Business Payment from 3034567 - PESAFLASH LENDING via API. Original conversation ID is ${id}.`,
      'business-payout',
    ],
    ['Business Payment from 300248STANBIC to MPESA Retail', 'business-payout'],
    ['Promotion Payment from 290290 - BETIKA', 'promotion'],
    ['Merchant Customer Payment from 5310078 - MAMA OLIECH RESTAURANT', 'till.received'],
  ] as const);
  receive(life, {
    wording: [choice[0]],
    purpose: choice[1],
    amount: everydayAmount(life, 200, 9000),
  });
  return true;
}

export function receiveFromBank(life: PersonalLife): boolean {
  const bank = life.random.pick(['542542 - I&M BANK', '247247 - EQUITY BANK', '522522 - KCB BANK']);
  const wording = [`Transfer from Bank ${bank}- APP to Customer via API`];
  receive(life, { wording, purpose: 'bank.in', amount: everydayAmount(life, 500, 30_000) });
  return true;
}

export function receiveFromAbroad(life: PersonalLife): boolean {
  const id = `TF${life.random.digits(10)}`;
  const kind = life.random.chance(0.7) ? 'Transfer' : 'Zero Rated Transfer';
  const operator = life.random.pick([
    '7774401 - WORLDREMIT',
    '7774477 - REMITLY',
    '7774420 - TERRAPAY',
  ]);
  const wording = [
    `Receive International ${kind} From ${operator}. Original conversation ID is ${id}.`,
  ];
  receive(life, { wording, purpose: 'remittance.in', amount: everydayAmount(life, 2000, 45_000) });
  return true;
}

export function receiveFromOtherNetwork(life: PersonalLife): boolean {
  const wording = ['Offnet B2C Transfer by 585555 - AIRTEL MONEY.'];
  receive(life, {
    wording,
    purpose: 'receive.other-network',
    amount: everydayAmount(life, 100, 5000),
  });
  return true;
}

export function receiveOnPochi(life: PersonalLife): boolean {
  const person = life.random.pick(life.contacts);
  const wording = ['Small Business Payment to ', { person, alwaysDashed: true }];
  receive(life, { wording, purpose: 'pochi.received', amount: everydayAmount(life, 50, 2500) });
  return true;
}

/** Takes back the last send, when there is one that was not taken back already. */
export function reverseLastSend(life: PersonalLife): boolean {
  const original = life.lastSend;
  if (original === undefined) return false;
  life.lastSend = undefined;
  const wording = [
    'Send Money Reversal via API to ',
    { person: original.person, alwaysDashed: true },
  ];
  const { amount, receipt: linkedReceipt } = original;
  receive(life, { wording, purpose: 'reversal', amount, linkedReceipt, repaysFuliza: false });
  return true;
}

/** A biller gives back part of what it took. */
export function reversePayBill(life: PersonalLife): boolean {
  const wording = ['Pay Utility Reversal by 888880 - KPLC PREPAID'];
  const amount = everydayAmount(life, 200, 2500);
  receive(life, { wording, purpose: 'reversal', amount, repaysFuliza: false });
  return true;
}
