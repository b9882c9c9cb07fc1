/**
 * Errors of Daraja's gateway: answers to a call itself, before or instead of a result. Some codes
 * mean different things by their message, so the message decides where the table says so.
 */
import { failed, inFamily, unsettled, type ResultMeaning } from './meaning.ts';

/** What a gateway error means for the call that got it. */
export type GatewayClass =
  /** Get a new token and try once more. */
  | 'token'
  /** Refused before processing; the same request will be refused again. */
  | 'refused'
  /** Refused before processing; later is fine. */
  | 'later'
  /** The transaction asked about is not finished. */
  | 'pending'
  /** The provider has this request already: ask for its status. */
  | 'duplicate'
  /** URLs are registered already. */
  | 'registered'
  /** Nobody can tell whether it was processed. */
  | 'unclear';

export interface GatewayError {
  httpStatus: number;
  code: string;
  message: string;
}

interface Rule {
  codes: readonly string[];
  /** Lower-case text the message has to contain. */
  says?: RegExp;
  class: GatewayClass;
}

const tokenCodes = ['400.003.01', '401.001', '401.002.01', '401.003.01', '404.001.03'];
const refusedCodes = [
  ...['400.001', '400.002.02', '400.002.05', '400.003.02', '400.008.01', '400.008.02'],
  ...['404.001.01', '404.002.01', '404.003.01', '404.001.04', '405.001'],
];

/** The first rule that fits decides. */
const rules: readonly Rule[] = [
  { codes: [], says: /no apiproduct match found/, class: 'refused' },
  { codes: tokenCodes, class: 'token' },
  { codes: refusedCodes, class: 'refused' },
  { codes: ['500.001.1001'], says: /being processed/, class: 'pending' },
  { codes: ['500.001.1001'], says: /unable to lock subscriber/, class: 'later' },
  {
    codes: ['500.001.1001'],
    says: /merchant does not exist|wrong credentials/,
    class: 'refused',
  },
  { codes: ['500.002.1001'], class: 'duplicate' },
  { codes: ['500.003.02', '500.003.03'], class: 'later' },
  { codes: ['500.003.1001'], says: /already registered/, class: 'registered' },
  { codes: ['500.003.1001'], says: /duplicate notification info/, class: 'refused' },
  { codes: [], says: /spike arrest|quota violation|system is busy/, class: 'later' },
];

/** Decides what an error answer means; what no rule knows is judged by its HTTP status. */
export function classifyGatewayError({ httpStatus, code, message }: GatewayError): GatewayClass {
  const said = message.toLowerCase();
  const rule = rules.find(
    ({ codes, says }) => (codes.length === 0 || codes.includes(code)) && (says?.test(said) ?? true),
  );
  if (rule !== undefined) return rule.class;
  if (httpStatus === 401) return 'token';
  if (httpStatus === 429) return 'later';
  return httpStatus >= 400 && httpStatus < 500 && httpStatus !== 408 ? 'refused' : 'unclear';
}

/** True when somebody has to change settings before the call can work. */
export function isConfigurationError({ code, message }: GatewayError): boolean {
  return (
    /apiproduct|wrong credentials|merchant does not exist|invalid (?:businessshortcode|shortcode|initiator|securitycredential)|duplicate notification/i.test(
      message,
    ) || ['400.008.01', '400.008.02', '404.001.04', '405.001'].includes(code)
  );
}

const busy = ['M-PESA is busy.', 'M-PESA ina shughuli nyingi.'] as const;
const badRequest = ['M-PESA refused the request.', 'M-PESA imelikataa ombi.'] as const;
const badToken = ['M-PESA refused our sign-in.', 'M-PESA imekataa utambulisho wetu.'] as const;

/** The codes as a table, for screens and documentation; `classifyGatewayError` decides calls. */
export const gatewayCodes: readonly ResultMeaning[] = inFamily('gateway', [
  ...tokenCodes.map((code) => failed(code, badToken, { isRetryable: true })),
  ...refusedCodes.map((code) => failed(code, badRequest)),
  unsettled('500.001.1001', ['M-PESA is still working on it.', 'M-PESA bado inashughulikia.']),
  unsettled(
    '500.002.1001',
    ['This request was already sent.', 'Ombi hili lilikwisha tumwa.'],
    'unknown',
  ),
  failed('500.003.02', busy, { retryAfterSeconds: 60 }),
  failed('500.003.03', busy, { retryAfterSeconds: 60 }),
  unsettled(
    '500.003.1001',
    ['M-PESA failed inside.', 'M-PESA imepata hitilafu ya ndani.'],
    'unknown',
  ),
]);
