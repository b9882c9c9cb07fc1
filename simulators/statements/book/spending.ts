/** Everyday payments of a person: people, tills, pay bills, agents, airtime. */
import { add, cents } from '../../../domain/money.ts';
import type { Cents } from '../../../domain/money.ts';
import { agents, billers, tills } from './names.ts';
import type { Biller } from './names.ts';
import { fail, pay, receive } from './personal-life.ts';
import type { PersonalLife } from './personal-life.ts';
import { chargeFor, shillings } from './tariffs.ts';
import type { TariffName } from './tariffs.ts';

/** An everyday amount: mostly small, seldom large, in whole shillings. */
export function everydayAmount(life: PersonalLife, from: number, to: number): Cents {
  const skewed = life.random.next() ** 2.2;
  const raw = from + skewed * (to - from);
  const step = raw > 1000 ? 50 : raw > 200 ? 10 : 5;
  return shillings(Math.max(from, Math.round(raw / step) * step));
}

/** Sends to a contact, on balance or overdraft. */
export function sendMoney(life: PersonalLife): boolean {
  const person = life.random.pick(life.contacts);
  const amount = everydayAmount(life, 50, 12_000);
  const receipt = pay(life, {
    wording: ['Customer Transfer to ', { person }],
    fuliza: ['Customer Transfer Fuliza MPesa to ', { person, alwaysDashed: true }],
    purpose: 'send',
    amount,
    charge: sendCharge(amount),
  });
  if (receipt === undefined) return false;
  life.lastSend = { receipt, person, amount };
  return true;
}

export function sendByCard(life: PersonalLife): boolean {
  const person = life.random.pick(life.contacts);
  const amount = everydayAmount(life, 100, 4000);
  const wording = ['Intimate Card Customer Transfer to ', { person, alwaysDashed: true }];
  return paid(pay(life, { wording, purpose: 'send.card', amount, charge: sendCharge(amount) }));
}

/** Airtel numbers are printed in the clear inside the sentence. */
export function sendToOtherNetwork(life: PersonalLife): boolean {
  const amount = everydayAmount(life, 50, 3000);
  const number = `25473${life.random.digits(7)}`;
  const wording = [`Offnet C2B Transfer to 585555 - AIRTEL MONEY. for Mobile No. ${number}`];
  const sent = paid(
    pay(life, { wording, purpose: 'send.other-network', amount, charge: sendCharge(amount) }),
  );
  if (sent && life.random.chance(0.2)) {
    const reversal = ['Offnet C2B Transaction Reversal by 585555 - AIRTEL MONEY.'];
    receive(life, { wording: reversal, purpose: 'reversal', amount, repaysFuliza: false });
  }
  return sent;
}

export function payPochi(life: PersonalLife): boolean {
  const person = life.random.pick(life.contacts);
  const amount = everydayAmount(life, 20, 1500);
  const micro = life.random.chance(0.3);
  const plain = micro
    ? 'Customer Send Money to Micro SME Business to '
    : 'Customer Payment to Small Business to ';
  return paid(
    pay(life, {
      wording: [plain, { person, alwaysDashed: true }],
      fuliza: [
        'Customer Send Money to Micro SME Business with Fuliza to ',
        { person, alwaysDashed: true },
      ],
      purpose: 'pochi',
      amount,
      charge: {
        amount: chargeFor('paybill', amount),
        wording: 'Pay Merchant Charge',
        purpose: 'fee.till',
      },
    }),
  );
}

export function payTill(life: PersonalLife): boolean {
  const till = life.random.pick(tills);
  const party = `${till.shortcode} - ${till.name}`;
  const online = life.random.chance(0.35);
  return paid(
    pay(life, {
      wording: [`Merchant Payment ${online ? 'Online ' : ''}to ${party}`],
      fuliza: [`Merchant Payment Fuliza M-Pesa ${online ? 'Online ' : ''}to ${party}`],
      purpose: 'till',
      amount: everydayAmount(life, 40, 6000),
    }),
  );
}

export function payTillByCard(life: PersonalLife): boolean {
  const till = life.random.pick(tills);
  const wording = [`Intimate Payment Merchant Payment to ${till.shortcode} - ${till.name}`];
  return paid(
    pay(life, { wording, purpose: 'till.card', amount: everydayAmount(life, 100, 4000) }),
  );
}

export function payBill(life: PersonalLife): boolean {
  return payBiller(life, life.random.pick(billers));
}

/** Pays one biller over the menu or online; `amount` overrides the biller's usual range. */
export function payBiller(life: PersonalLife, biller: Biller, amount?: Cents): boolean {
  const due = amount ?? everydayAmount(life, biller.from, biller.to);
  const party = `${biller.shortcode} - ${biller.name} Acc. ${biller.account(life.random)}`;
  const online = life.random.chance(0.4) ? 'Online ' : '';
  return paid(
    pay(life, {
      wording: [`Pay Bill ${online}to ${party}`],
      fuliza: [`Pay Bill ${online}Fuliza M-Pesa to ${party}`],
      purpose: 'paybill',
      amount: due,
      charge: charged('paybill', due, 'Pay Bill Charge'),
    }),
  );
}

/** Standing orders and cards are pay bills with other words. */
export function payBillOtherwise(life: PersonalLife): boolean {
  const biller = life.random.pick(billers);
  const party = `${biller.shortcode} - ${biller.name} Acc. ${biller.account(life.random)}`;
  const byCard = life.random.chance(0.5);
  const wording = [
    `${byCard ? 'Intimate Card Pay Bill to' : 'Standing Order Pay Bill to'} ${party}`,
  ];
  const amount = everydayAmount(life, biller.from, biller.to);
  const purpose = byCard ? 'paybill.card' : 'standing-order';
  return paid(
    pay(life, { wording, purpose, amount, charge: charged('paybill', amount, 'Pay Bill Charge') }),
  );
}

/** A foreign card purchase: the only everyday payment with real cents. */
export function payGlobalCard(life: PersonalLife): boolean {
  const merchant = life.random.pick([
    'NETFLIX.COM Amsterdam NL',
    'SPOTIFY Stockholm SE',
    'ALIEXPRESS London GB',
    'GOOGLE STORAGE Mountain View US',
  ]);
  const wording = [`Card Pay Bill Online to 903470 - M-PESA GlobalPay Acc. ${merchant}`];
  const amount = cents(life.random.int(9_900, 350_000));
  return paid(pay(life, { wording, purpose: 'card.purchase', amount }));
}

export function withdrawCash(life: PersonalLife): boolean {
  const agent = life.random.pick(agents);
  const party = `${agent.shortcode} - ${agent.name}`;
  const amount = everydayAmount(life, 200, 15_000);
  return paid(
    pay(life, {
      wording: [`Customer Withdrawal At Agent Till ${party}`],
      fuliza: [`Customer Withdrawal at Agent Till with Fuliza to ${party}`],
      purpose: 'withdraw.agent',
      amount,
      charge: charged('withdraw', amount, 'Withdrawal Charge'),
    }),
  );
}

export function withdrawAtAtm(life: PersonalLife): boolean {
  const amount = shillings(life.random.int(1, 20) * 500);
  const wording = ['Customer Withdrawal At ATM 247247 - EQUITY BANK ATM'];
  const charge = charged('withdraw', amount, 'Withdrawal Charge');
  return paid(pay(life, { wording, purpose: 'withdraw.atm', amount, charge }));
}

export function buyAirtime(life: PersonalLife): boolean {
  const amount = everydayAmount(life, 10, 500);
  if (life.random.chance(0.25)) {
    const wording = [
      'Airtime Purchase For Other - ',
      { person: life.random.pick(life.contacts), numberOnly: true },
    ];
    return paid(pay(life, { wording, purpose: 'airtime.other', amount }));
  }
  const fuliza = ['Airtime Purchase with Fuliza'];
  const receipt = pay(life, { wording: ['Airtime Purchase'], fuliza, purpose: 'airtime', amount });
  if (receipt !== undefined && life.random.chance(0.04)) {
    const reversal = { wording: ['Airtime Purchase Reversal'], purpose: 'reversal', amount };
    receive(life, { ...reversal, linkedReceipt: receipt, repaysFuliza: false });
  }
  return paid(receipt);
}

export function buyBundles(life: PersonalLife): boolean {
  const amount = shillings(life.random.pick([20, 50, 55, 99, 100, 250, 500, 1000]));
  const by = { person: life.holder, alwaysDashed: true };
  const wording = life.random.pick([
    ['Customer Bundle Purchase to 4093441SAFARICOM DATA BUNDLES by ', by],
    ['Recharge for Customer to 4093275TUNUKIWA OFFERS by ', by],
    ['Buy Bundles Online'],
    ['Buy Bundles'],
  ]);
  const fuliza = ['Customer Bundle Purchase with Fuliza to 4093441SAFARICOM DATA BUNDLES by ', by];
  return paid(pay(life, { wording, fuliza, purpose: 'bundles', amount }));
}

/** A send that did not go through; only some layouts print such rows. */
export function failToSend(life: PersonalLife): boolean {
  if (!life.withFailures) return false;
  const person = life.random.pick(life.contacts);
  const status = life.random.pick(['failed', 'cancelled', 'expired'] as const);
  const amount = add(everydayAmount(life, 50, 20_000), shillings(5));
  fail(life, { wording: ['Customer Transfer to ', { person }], purpose: 'send', amount, status });
  return true;
}

function sendCharge(amount: Cents): { amount: Cents; wording: string; purpose: string } {
  return charged('send', amount, 'Customer Transfer of Funds Charge');
}

/** The charge of a payment, worded as printed. */
export function charged(
  tariff: Exclude<TariffName, 'fulizaDay'>,
  amount: Cents,
  wording: string,
): { amount: Cents; wording: string; purpose: string } {
  return { amount: chargeFor(tariff, amount), wording, purpose: `fee.${tariff}` };
}

function paid(receipt: string | undefined): boolean {
  return receipt !== undefined;
}
