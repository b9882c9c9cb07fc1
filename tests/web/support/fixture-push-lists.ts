/** Lists of requests for money: to be looked over, and sent with every kind of row. */
import type { PushList, PushRow } from '../../../web/src/collection-batches/push-list-face.ts';
import { cents } from '../../../domain/money.ts';
import { publicId } from './fixture-rows.ts';
import { ago } from './fixture-statements.ts';

function aList(number: number, differences: Partial<PushList>): PushList {
  return {
    ...{ id: publicId('cbt', number), fileName: 'School fees of May.csv', status: 'draft' },
    ...{ rowCount: 4, badRowCount: 1, amountCents: cents(750_000), currency: 'KES', round: 0 },
    shortcodeId: publicId('shc', 1),
    counts: [
      { state: 'waiting', count: 3, amountCents: cents(750_000) },
      { state: 'invalid', count: 1, amountCents: cents(0) },
    ],
    ...{ runUrl: 'https://temporal.example.co.ke/run', createdAt: ago(900), version: 1 },
    ...differences,
  };
}

export const fixturePushLists: readonly PushList[] = [
  aList(1, {}),
  aList(2, {
    ...{ status: 'done', fileName: 'rent.xlsx' },
    counts: [
      { state: 'paid', count: 1, amountCents: cents(250_000) },
      { state: 'prompted', count: 1, amountCents: cents(250_000) },
      { state: 'refused', count: 1, amountCents: cents(250_000) },
      { state: 'invalid', count: 1, amountCents: cents(0) },
    ],
  }),
];

function aRow(rowNumber: number, differences: Partial<PushRow>): PushRow {
  return {
    ...{ rowNumber, state: 'waiting', problem: null, amountCents: cents(250_000) },
    ...{ msisdn: '2547******78', reference: `HOUSE-${rowNumber}`, collectionId: null },
    ...{ receipt: null, resultCode: null, resultWords: null },
    ...differences,
  };
}

function rowsOf({ status }: PushList): PushRow[] {
  const isSent = status !== 'draft';
  const sent = (number: number, differences: Partial<PushRow>) =>
    isSent ? { collectionId: publicId('col', number), ...differences } : {};
  return [
    aRow(1, sent(1, { state: 'paid', receipt: 'UKL7Q2X9LM', resultCode: '0' })),
    aRow(2, sent(2, { state: 'prompted' })),
    aRow(
      3,
      sent(3, {
        ...{ state: 'refused', resultCode: '2001' },
        resultWords: {
          en: 'The payer entered a wrong PIN. Ask them to try again carefully.',
          sw: 'Mlipaji aliweka PIN isiyo sahihi. Mwombe ajaribu tena kwa uangalifu.',
        },
      }),
    ),
    aRow(4, { state: 'invalid', problem: 'number', msisdn: null, reference: '' }),
  ];
}

const page = (data: readonly unknown[]) => ({ data, nextCursor: null, hasMore: false });

/** The answer to a path below `/v1`, or undefined when it is about something else. */
export function answerPushLists(url: URL, who: string): unknown {
  const path = url.pathname.slice('/v1'.length);
  if (path === '/collection-batches') return page(who === 'empty' ? [] : fixturePushLists);
  if (path === '/collection-batches/upload') return fixturePushLists[0];
  const [, name, id, rest] = path.split('/');
  const list = fixturePushLists.find((one) => one.id === id);
  if (name !== 'collection-batches' || list === undefined) return undefined;
  if (rest === 'rows') {
    const states = url.searchParams.get('state')?.split(',');
    return page(rowsOf(list).filter(({ state }) => states?.includes(state) ?? true));
  }
  return rest === undefined ? list : { ...list, status: 'running' };
}
