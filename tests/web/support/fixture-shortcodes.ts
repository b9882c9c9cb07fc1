/** Shortcodes and callbacks of the fixture business. */
import type { Callback } from '../../../api/callbacks/schema.ts';
import type { Shortcode, ShortcodeCheck } from '../../../api/shortcodes/schema.ts';
import { darajaInSwahili } from '../../../domain/daraja/answer-phrases.ts';
import { cents } from '../../../domain/money.ts';
import { publicId } from './fixture-rows.ts';
import { ago } from './fixture-statements.ts';

const noDetail = { detail: null, detailSw: null };
const wrongPasskey = '[MerchantValidate] - Wrong credentials';

const open: Shortcode['validation'] = {
  ...{ isOn: false, whenUndecided: 'accept', account: 'any', accountMask: null },
  ...{ minCents: cents(100), maxCents: null },
};

function aShortcode(number: number, differences: Partial<Shortcode>): Shortcode {
  return {
    id: publicId('shc', number),
    ...{ number: '600984', kind: 'paybill', storeNumber: null, name: 'Main paybill' },
    ...{ status: 'active', environment: 'sandbox', validation: open, hasCredentials: true },
    ...{
      credentialsAt: ago(86_400),
      initiatorStop: null,
      urlsRegisteredAt: ago(80_000),
      pullRegisteredAt: null,
    },
    ...{ createdAt: ago(90_000), updatedAt: ago(80_000), version: `shortcode-${number}` },
    ...differences,
  };
}

export const fixtureShortcodes: readonly Shortcode[] = [
  aShortcode(1, {
    validation: {
      ...open,
      ...{ isOn: true, account: 'mask', accountMask: 'INV-99999', maxCents: cents(500_000) },
    },
  }),
  aShortcode(2, {
    ...{ number: '5123456', kind: 'till', storeNumber: '600000', hasCredentials: false },
    ...{ name: 'Kilimani shop with a name that is rather long for a phone', credentialsAt: null },
    urlsRegisteredAt: null,
    pullRegisteredAt: null,
  }),
  aShortcode(3, {
    ...{ number: '174379', name: 'Payouts', initiatorStop: { at: ago(600), code: '2001' } },
  }),
];

export const fixtureChecks: readonly ShortcodeCheck[] = [
  {
    id: `chk_${'1'.padStart(32, '0')}`,
    ...{ kind: 'test', status: 'failed', createdAt: ago(500), finishedAt: ago(490) },
    steps: [
      { step: 'token', state: 'passed', code: 'signed-in', ...noDetail },
      {
        ...{ step: 'stk', state: 'failed', code: 'wrong-passkey' },
        ...{ detail: wrongPasskey, detailSw: darajaInSwahili(wrongPasskey) },
      },
      { step: 'initiator', state: 'skipped', code: 'no-initiator', ...noDetail },
    ],
  },
];

export const fixtureAddresses = {
  confirmationUrl: `https://pay.example.co.ke/hooks/c/${'0a'.repeat(48)}`,
  validationUrl: `https://pay.example.co.ke/hooks/v/${'0b'.repeat(48)}`,
};

export const fixtureCallbacks: readonly Callback[] = [
  {
    id: publicId('cbk', 1),
    ...{ letter: 'c', status: 'quarantined', cause: 'other-amount', receivedAt: ago(700) },
    ...{ repeats: 2, resultCode: null, receipt: 'UKE7Q2X9LM', amountCents: cents(150_000) },
    ...{ msisdnMasked: '2547******78', accountReference: 'INV-10442' },
  },
  {
    id: publicId('cbk', 2),
    ...{ letter: 's', status: 'quarantined', cause: 'malformed', receivedAt: ago(900) },
    ...{ repeats: 0, resultCode: null, receipt: null, amountCents: null },
    ...{ msisdnMasked: null, accountReference: null },
  },
];

/** The answer to a path below `/v1`, or undefined when it is about something else. */
export function answerShortcodes(path: string, who: string): unknown {
  const isEmpty = who === 'empty';
  if (path === '/callbacks') {
    return { data: isEmpty ? [] : fixtureCallbacks, nextCursor: null, hasMore: false };
  }
  if (path === '/shortcodes') return { data: isEmpty ? [] : fixtureShortcodes };
  const match = /^\/shortcodes\/(shc_\w+)(?:\/(\w+))?$/.exec(path);
  const found = fixtureShortcodes.find(({ id }) => id === match?.[1]);
  if (found === undefined) return undefined;
  if (match?.[2] === 'checks') return { data: fixtureChecks };
  if (match?.[2] === 'addresses') return fixtureAddresses;
  return match?.[2] === undefined || ['settings', 'credentials'].includes(match[2])
    ? found
    : undefined;
}
