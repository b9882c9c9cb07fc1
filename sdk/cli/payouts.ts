/** Money out. */
import { getDisbursements, postDisbursements, type PostDisbursementsData } from '../index.ts';
import { inShillings, toCents } from './amounts.ts';
import type { Call } from './call.ts';
import { exitCodes, WrongCommand, type Command } from './command.ts';
import { limited, listOptions } from './lists.ts';
import { onceKey, onceOption } from './once.ts';
import { answered } from './refused.ts';
import { printable } from './screen.ts';

type Wish = PostDisbursementsData['body'];

const kinds = ['business-payment', 'salary-payment', 'promotion-payment', 'pochi'] as const;

export const createPayout: Command = {
  name: 'payouts create',
  says: 'asks for money to be paid; somebody else may have to agree',
  options: [
    { name: 'shortcode', value: 'ID', says: 'the shortcode that pays: shc_…' },
    { name: 'amount', value: 'KES', says: 'whole shillings' },
    { name: 'phone', value: 'NUMBER', says: 'pays a person' },
    { name: 'kind', value: 'KIND', says: 'how a person is paid', oneOf: kinds },
    { name: 'paybill', value: 'NUMBER', says: 'pays a paybill; with --account' },
    { name: 'account', value: 'TEXT', says: 'the account at that paybill' },
    { name: 'till', value: 'NUMBER', says: 'pays a till' },
    { name: 'name', value: 'TEXT', says: 'who is paid, for your own lists' },
    { name: 'remarks', value: 'TEXT', says: 'shown to who is paid' },
    { name: 'reference', value: 'TEXT', says: 'your own reference' },
    onceOption,
  ],
  async run(call) {
    const name = call.text('name');
    const body: Wish = {
      ...{ shortcodeId: call.need('shortcode'), amountCents: toCents(call.need('amount')) },
      ...payeeOf(call),
      ...(name === undefined ? {} : { payeeName: name }),
      ...call.query('remarks', 'reference'),
    };
    const headers = onceKey(call);
    const { disbursement } = await answered(
      postDisbursements({ client: call.client(), body, headers }),
    );
    const { id, status, amountCents, payee, approvalReasons } = disbursement;
    const waits = approvalReasons.map((reason) => `\n  ${printable(reason)}`).join('');
    const text = `${id}  ${status}  KES ${inShillings(amountCents)} to ${payee.masked}${waits}`;
    call.screen.show(disbursement, text, id);
    return status === 'refused' ? exitCodes.refused : exitCodes.done;
  },
};

function payeeOf(call: Call): Pick<Wish, 'kind' | 'payee'> {
  const [phone, paybill, till] = [call.text('phone'), call.text('paybill'), call.text('till')];
  if ([phone, paybill, till].filter((one) => one !== undefined).length !== 1) {
    throw new WrongCommand('one of --phone, --paybill and --till says who is paid');
  }
  if (phone !== undefined) {
    const chosen = kinds.find((kind) => kind === call.text('kind')) ?? 'business-payment';
    return { kind: chosen, payee: { kind: 'msisdn', msisdn: phone } };
  }
  if (till !== undefined) return { kind: 'buy-goods', payee: { kind: 'till', number: till } };
  const accountReference = call.need('account');
  const payee = { kind: 'pay-bill', number: paybill ?? '', accountReference } as const;
  return { kind: 'pay-bill', payee };
}

export const listPayouts: Command = {
  name: 'payouts list',
  says: 'payouts, newest first',
  options: [
    { name: 'status', value: 'STATUS', says: 'awaiting-approval, paid, …; several with commas' },
    { name: 'reference', value: 'TEXT', says: 'your own reference' },
    { name: 'receipt', value: 'CODE', says: "M-PESA's receipt" },
    ...listOptions,
  ],
  async run(call) {
    const client = call.client();
    const query = call.query('status', 'reference', 'receipt');
    const rows = await limited(call, (page) =>
      getDisbursements({ client, query: { ...query, ...page } }),
    );
    call.screen.list(rows, [
      { title: 'id', of: ({ id }) => id },
      { title: 'status', of: ({ status }) => status },
      { title: 'KES', of: ({ amountCents }) => inShillings(amountCents), isNumber: true },
      { title: 'to', of: ({ payee }) => [payee.masked, payee.name].join(' ').trim() },
      { title: 'reference', of: ({ reference }) => reference ?? '–' },
      { title: 'receipt', of: ({ receipt }) => receipt ?? '–' },
    ]);
    return exitCodes.done;
  },
};
