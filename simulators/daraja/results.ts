/** The provider's result codes with its own sentences. */
import type { EntryStatus } from './terms.ts';

export const resultWords: Readonly<Record<string, string>> = {
  '0': 'The service request is processed successfully.',
  '1': 'The balance is insufficient for the transaction.',
  '2': 'Less Than Minimum Transaction Value.',
  '3': 'More Than Maximum Transaction Value.',
  '4': 'Would Exceed Daily Transfer Limit.',
  '8': 'Would Exceed Maximum Balance.',
  '11': 'The DebitParty is in an invalid state.',
  '15': 'Duplicate Detected.',
  '17': 'Rule limited.',
  '18': 'Initiator Credential Check Failure.',
  '19': 'Message Sequencing Failure.',
  '20': 'Unresolved Initiator.',
  '21': 'The initiator is not allowed to initiate this request.',
  '22': 'The initiator is inactive.',
  '24': 'Missing mandatory fields.',
  '25': 'Invalid request parameters.',
  '26': 'System busy. Traffic blocking condition in place.',
  '29': 'Invalid command.',
  '1001':
    'Unable to lock subscriber, a transaction is already in process for the current subscriber.',
  '1019': 'Transaction has expired.',
  '1025': 'An error occurred while sending a push request.',
  '1031': 'Request cancelled by user',
  '1032': 'Request cancelled by user',
  '1036': 'An internal error occurred while processing the request.',
  '1037': 'DS timeout user cannot be reached',
  '2001': 'The initiator information is invalid.',
  '2002': 'The till number and the store number do not match.',
  '2006': 'Declined due to account rule: The account status does not allow this transaction.',
  '2032': 'The transaction receipt number does not exist.',
  '2028': 'The request is not permitted according to product assignment.',
  '2040':
    'Credit Party customer type (Unregistered or Registered Customer) can’t be supported by the service.',
  '4999': 'The transaction is still under processing',
  '8006': 'The security credential is locked.',
  '9999': 'An error occurred while sending a push request.',
  SFC_IC0003: 'The operator does not exist.',
  R000001: 'The transaction has already been reversed.',
  R000002: 'The OriginalTransactionID is invalid.',
  C2B00011: 'Invalid MSISDN.',
  C2B00012: 'Invalid Account Number.',
  C2B00013: 'Invalid Amount.',
  C2B00014: 'Invalid KYC Details.',
  C2B00015: 'Invalid Short code.',
  C2B00016: 'Other Error.',
  '100000000': 'Request was cached, waiting for resending.',
  '100000001': 'The system is overload.',
  '100000002': 'Throttling error.',
  '100000004': 'Internal Server Error.',
  '100000005': 'Invalid input value.',
  '100000007': 'The service status is abnormal.',
  '100000009': 'The API status is abnormal.',
  '100000010': 'Insufficient permissions.',
  '100000011': 'Exceeded the limitation of request rate.',
};

export function describeResult(code: string): string {
  return resultWords[code] ?? 'An unexpected error occurred.';
}

/** How a payment ends that was answered with this code. */
export function statusOfCode(code: string): EntryStatus {
  if (code === '0') return 'completed';
  if (code === '1031' || code === '1032') return 'cancelled';
  return code === '1019' || code === '1037' ? 'expired' : 'declined';
}

/** A code as results carry it: a number when it is one, else the text. */
export function codeOnTheWire(code: string): number | string {
  return /^\d+$/.test(code) ? Number(code) : code;
}
