/** Asking customers for money by STK push. */
import { getCollections, getCollectionsId, postCollections, type Collection } from '../index.ts';
import { inShillings, toCents } from './amounts.ts';
import { exitCodes, type Command, type ExitCode } from './command.ts';
import { untilFinished } from './follow.ts';
import { limited, listOptions, periodOptions } from './lists.ts';
import { onceOption, onceKey } from './once.ts';
import { answered } from './refused.ts';
import { printable, type Screen } from './screen.ts';

export const requestCollection: Command = {
  name: 'collections request',
  says: 'asks a phone for money; --watch waits until M-PESA has answered',
  options: [
    { name: 'shortcode', value: 'ID', says: 'the shortcode that collects: shc_…' },
    { name: 'phone', value: 'NUMBER', says: 'like 0712345678 or 254712345678' },
    { name: 'amount', value: 'KES', says: 'whole shillings' },
    {
      name: 'reference',
      value: 'TEXT',
      says: 'shown in the prompt, like the number of an invoice',
    },
    { name: 'description', value: 'TEXT', says: 'shown in the prompt' },
    { name: 'watch', says: 'follows it to its end' },
    onceOption,
  ],
  async run(call) {
    const client = call.client();
    const body = {
      ...{ shortcodeId: call.need('shortcode'), msisdn: call.need('phone') },
      ...{ amountCents: toCents(call.need('amount')), accountReference: call.need('reference') },
      ...call.query('description'),
    };
    const asked = await answered(postCollections({ client, body, headers: onceKey(call) }));
    const path = { id: asked.id };
    if (call.isOn('watch')) {
      const url = `/v1/collections/${asked.id}/events`;
      await untilFinished(client, url, ({ type }) => call.screen.progress(`${asked.id}: ${type}`));
    }
    const collection = call.isOn('watch')
      ? await answered(getCollectionsId({ client, path }))
      : asked;
    call.screen.show(collection, wordsOf(call.screen, collection), collection.id);
    return endOf(collection, call.isOn('watch'));
  },
};

/** A push that was only asked for is done; one that was watched is done when it is paid. */
function endOf({ status }: Collection, isWatched: boolean): ExitCode {
  const isLost = ['refused', 'expired', 'cancelled'].includes(status);
  return isLost || (isWatched && status !== 'paid') ? exitCodes.refused : exitCodes.done;
}

export const listCollections: Command = {
  name: 'collections list',
  says: 'collections, newest first',
  options: [
    { name: 'status', value: 'STATUS', says: 'paid, prompted, refused, …; several with commas' },
    { name: 'q', value: 'WORDS', says: 'a reference, a receipt or words' },
    ...periodOptions,
    ...listOptions,
  ],
  async run(call) {
    const client = call.client();
    const query = call.query('status', 'q', 'from', 'to');
    const rows = await limited(call, (page) =>
      getCollections({ client, query: { ...query, ...page } }),
    );
    call.screen.list(rows, [
      { title: 'id', of: ({ id }) => id },
      { title: 'status', of: ({ status }) => status },
      { title: 'KES', of: ({ amountCents }) => inShillings(amountCents), isNumber: true },
      { title: 'phone', of: ({ msisdn }) => msisdn },
      { title: 'reference', of: ({ accountReference }) => accountReference },
      { title: 'receipt', of: ({ receipt }) => receipt ?? '–' },
    ]);
    return exitCodes.done;
  },
};

function wordsOf(screen: Screen, collection: Collection): string {
  const { id, status, amountCents, msisdn, receipt, resultWords } = collection;
  const shades = { paid: 'good', refused: 'bad', expired: 'bad', cancelled: 'bad' } as const;
  const shade = Object.entries(shades).find(([name]) => name === status)?.[1] ?? 'waiting';
  const proof = receipt === null ? '' : ` ${receipt}`;
  const why = resultWords === null || status === 'paid' ? '' : `\n  ${printable(resultWords.en)}`;
  return `${id}  ${screen.shade(status, shade)}${proof}  KES ${inShillings(amountCents)} from ${msisdn}${why}`;
}
