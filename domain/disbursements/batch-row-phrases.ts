/** What keeps a row of a payout list from being paid. */
import { numberPhrases } from '../daraja/msisdn.ts';
import { teller } from '../phrasebook.ts';
import { phrase } from '../sentence.ts';

export const batchRowPhrases = {
  ...numberPhrases,
  repeated: phrase(
    'Same payee, amount and reference as row {row}. Give each a reference of its own if both are meant.',
    'Mpokeaji, kiasi na rejea ni sawa na safu ya {row}. Kama zote mbili zinakusudiwa, ipe kila moja rejea yake.',
  ),
  'business-number': phrase(
    'A business number has 5 to 7 digits.',
    'Nambari ya biashara ina tarakimu 5 hadi 7.',
  ),
  'account-at-paybill': phrase(
    'The account at the pay bill has 1 to 13 letters or digits.',
    'Akaunti ya pay bill ina herufi au tarakimu 1 hadi 13.',
  ),
  'amount-form': phrase('The amount must be written like 1500.', 'Kiasi kiandikwe kama 1500.'),
  'whole-shillings': phrase(
    'M-PESA pays whole shillings only.',
    'M-PESA hulipa shilingi kamili tu.',
  ),
  'too-small': phrase(
    'The least that can be paid is {amount}.',
    'Kiasi kidogo kabisa kinachoweza kulipwa ni {amount}.',
  ),
  'too-large': phrase(
    'M-PESA pays at most {amount} at a time.',
    'M-PESA hulipa {amount} tu kwa mara moja.',
  ),
  texts: phrase(
    'Name, reference and remarks have at most 100 characters each, all printable.',
    'Jina, rejea na maelezo yana herufi zisizozidi 100 kila moja, zote zinazoonekana.',
  ),
} as const;

export const tellBatchRow = teller(batchRowPhrases);
