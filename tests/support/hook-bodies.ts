/** Bodies as Daraja posts them, and bodies nobody should post. */
import { randomBytes } from 'node:crypto';

/** Ten characters with the day in front, as receipts have. */
export function aReceipt(): string {
  return `UK${randomBytes(4).toString('hex').toUpperCase()}`;
}

/** The callback of a prompt that was paid; `differences` go into `stkCallback`. */
export function stkBody(differences: Record<string, unknown> = {}, receipt = aReceipt()) {
  return {
    Body: {
      stkCallback: {
        MerchantRequestID: '7c1e-4f0a',
        CheckoutRequestID: `ws_CO_${receipt}`,
        ResultCode: 0,
        ResultDesc: 'The service request is processed successfully.',
        CallbackMetadata: {
          Item: [
            { Name: 'Amount', Value: 1500.0 },
            { Name: 'MpesaReceiptNumber', Value: receipt },
            { Name: 'Balance' },
            { Name: 'TransactionDate', Value: 20261114093541 },
            { Name: 'PhoneNumber', Value: 254712345678 },
          ],
        },
        ...differences,
      },
    },
  };
}

export function c2bBody(differences: Record<string, unknown> = {}) {
  return {
    TransactionType: 'Pay Bill',
    TransID: aReceipt(),
    TransTime: '20261114093541',
    TransAmount: '1500.00',
    BusinessShortCode: '600984',
    BillRefNumber: 'INV-10442',
    InvoiceNumber: '',
    OrgAccountBalance: '48210.00',
    ThirdPartyTransID: '',
    MSISDN: '2547 ***** 678',
    FirstName: 'WANJIKU',
    MiddleName: '',
    LastName: '',
    ...differences,
  };
}

const bytes = (...parts: (string | number[])[]) =>
  Buffer.concat(parts.map((part) => Buffer.from(part as string)));

/** Documents that are not JSON, each wrong in one way; every parser has to refuse them. */
export const notJson: readonly (readonly [name: string, body: Buffer])[] = [
  ...textCases({
    'a comma after the last item': ['[1,]', '[1,,]', '[,1]', '[1,,2]', '[,]', '[1,\n1\n,1'],
    'a comma after the last field': ['{"a":1,}', '{"a":1,,}', '{,"a":1}', '{"a":1,,"b":2}'],
    'a field without its parts': ['{"a"}', '{"a":}', '{:1}', '{"a" 1}', '{"a"::1}', '{"a":1 2}'],
    'a name that is not text': ['{a:1}', "{'a':1}", '{1:1}', '{null:null}', '{[1]:1}', '{"a":a'],
    'brackets that do not meet': ['[', '{', ']', '}', '[1}', '{"a":1]', '[[', '[1', '{"a":', '['],
    'two documents': ['{}{}', '[] []', '1 2', '{}x', '[]]', '{"a":1}}', '{} true', 'null null'],
    'numbers of other languages': ['01', '+1', '.5', '1.', '0x1', '1e', '1e+', '-', '--1', '1.e1'],
    'figures that are none': ['NaN', 'Infinity', '-Infinity', '-NaN', '0e', '2.e3', '1_000', '1a'],
    'more odd numbers': ['-01', '-.1', '0.e1', '1eE2', '1.2.3', '++1', '1 000.0', '9.e+', '[-]'],
    'texts that do not end': ['"', '"a', '["', '"\\', '["a', '"\\"', '["\\u', '{"a":"'],
    'escapes that are none': ['"\\x00"', '"\\a"', '"\\u00"', '"\\u00GG"', '"\\ "', '"\\\u0001"'],
    'short escapes': ['"\\uD800\\"', '"\\u"', '"\\u1"', '"\\uD8', '["\\u00A"]', '"\\🌀"'],
    'other quotes': ["'a'", '`a`', "['a']", '\u201ca\u201d', '[a]', 'a'],
    'control signs in texts': ['"\n"', '"\t"', '"\0"', '"\u001f"', '["a\u0000a"]', '"a\rb"'],
    'words of other languages': [
      'nul',
      'True',
      'FALSE',
      'undefined',
      'None',
      'truth',
      'nil',
      'tru',
    ],
    comments: ['/* */ 1', '[1] // one', '{"a":1 /* x */}', '# a\n1', '<!-- -->{}', '{"a":/*c*/1}'],
    nothing: ['', ' ', '\n', '\t', '\r\n\r\n'],
    'other formats': ['<html></html>', 'a=1&b=2', '<?xml version="1.0"?>', '*', '%7B%7D', 'é', '@'],
    'blanks that are none': ['\u2060[]', '[\u000c]', '\u00a0{}', '[1,\u000b2]', '[\u000d\u000c]'],
  }),
  ['a byte-order mark', bytes([0xef, 0xbb, 0xbf], '{}')],
  ['half a byte-order mark', bytes([0xef, 0xbb], '{}')],
  ['UTF-16 with its mark', bytes([0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00])],
  ['UTF-16 without a mark', bytes([0x00, 0x7b, 0x00, 0x7d])],
  ['Latin-1', bytes('["', [0xe9], '"]')],
  ['a lone continuation byte', bytes('["', [0x81], '"]')],
  ['an overlong slash', bytes('["', [0xc0, 0xaf], '"]')],
  ['a surrogate in UTF-8', bytes('["', [0xed, 0xa0, 0x80], '"]')],
  ['beyond Unicode', bytes('["', [0xf4, 0xbf, 0xbf, 0xbf], '"]')],
  ['bytes that never are UTF-8', bytes('["', [0xff], '"]')],
  ['a character cut in two', bytes('["', [0xe0, 0xff], '"]')],
  ['a NUL in front', bytes([0], '{}')],
  ['a NUL behind', bytes('{}', [0])],
  ['ten thousand open lists', Buffer.from('['.repeat(10_000))],
  ['ten thousand lists in one another', Buffer.from(`${'['.repeat(10_000)}${']'.repeat(10_000)}`)],
  ['five thousand objects in one another', Buffer.from('{"a":'.repeat(5_000))],
  ['a repeated name', Buffer.from('{"a":1,"a":2}')],
  ['a repeated name further in', Buffer.from('{"b":[{"a":1,"a":1}]}')],
  ['a name that reaches for the prototype', Buffer.from('{"__proto__":{"x":1}}')],
];

function textCases(groups: Record<string, readonly string[]>): [string, Buffer][] {
  return Object.entries(groups).flatMap(([name, texts]) =>
    texts.map((text): [string, Buffer] => [`${name}: ${text.slice(0, 24)}`, Buffer.from(text)]),
  );
}

/** Documents that are JSON, of all shapes. */
export const oddJson: readonly string[] = [
  ...['1', '-0', '1e5', '0.5', '123456789012345678901234567890', '1E-2', 'true', 'null', '""'],
  ...['"a"', '[]', '{}', ' [] ', '[[[]]]', '{"":0}', '{"a":{}}', '[1,2.5,"x",null,true]'],
  ...[
    '"\\u0000"',
    '"\\ud800"',
    '"\\u0061"',
    '"🦒"',
    '{"é":"ü"}',
    '[1e309]',
    '"\\"\\\\\\/\\b\\f\\n"',
  ],
  ...['{"a":[{"b":[{"c":1}]}]}', '[""]', '["\\uDFAA"]', '[1 , 2]', '\t{"a" : 1}\n', '"\u2028"'],
];
