/** Transactions: a look at them, and all of them as a file. */
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as WebStream } from 'node:stream/web';
import { getTransactions, getTransactionsExport } from '../index.ts';
import { inShillings } from './amounts.ts';
import { exitCodes, type Command, type Option } from './command.ts';
import { limited, listOptions, periodOptions } from './lists.ts';
import { answered } from './refused.ts';

const formats = ['csv', 'xlsx', 'pdf'] as const;

const filters: readonly Option[] = [
  ...periodOptions,
  { name: 'direction', value: 'WAY', says: 'money in or out', oneOf: ['in', 'out'] },
  { name: 'category', value: 'NAME', says: 'what it was for' },
  { name: 'q', value: 'WORDS', says: 'a receipt, a name, a number or words' },
];
const filterNames = filters.map(({ name }) => name);

export const listTransactions: Command = {
  name: 'transactions list',
  says: 'transactions, newest first',
  options: [...filters, ...listOptions],
  async run(call) {
    const client = call.client();
    const query = call.query(...filterNames);
    const rows = await limited(call, (page) =>
      getTransactions({ client, query: { ...query, ...page } }),
    );
    call.screen.list(rows, [
      { title: 'when', of: ({ occurredAt }) => occurredAt.slice(0, 16).replace('T', ' ') },
      { title: 'receipt', of: ({ receipt }) => receipt },
      {
        title: 'KES',
        of: (row) => `${row.direction === 'out' ? '-' : ''}${inShillings(row.amountCents)}`,
        isNumber: true,
      },
      { title: 'category', of: ({ category }) => category ?? '–' },
      { title: 'details', of: ({ details }) => details },
    ]);
    return exitCodes.done;
  },
};

export const exportTransactions: Command = {
  name: 'transactions export',
  says: 'all of them as a file',
  options: [
    ...filters,
    { name: 'format', value: 'FORMAT', says: 'csv unless said otherwise', oneOf: formats },
    { name: 'output', value: 'FILE', says: 'where to (default: stdout)' },
  ],
  async run(call) {
    const format = formats.find((one) => one === call.text('format')) ?? 'csv';
    const query = { ...call.query(...filterNames), format };
    // As it comes, so that a long list needs no memory.
    const asked = getTransactionsExport({ client: call.client(), query, parseAs: 'stream' });
    const body = (await answered(asked)) as unknown as WebStream<Uint8Array>;
    const output = call.text('output') ?? '-';
    const target = output === '-' ? process.stdout : createWriteStream(output);
    await pipeline(Readable.fromWeb(body), target, { end: output !== '-' });
    if (output !== '-') call.screen.note(output);
    return exitCodes.done;
  },
};
