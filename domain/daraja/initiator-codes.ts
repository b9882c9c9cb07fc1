/** Result codes of B2C, B2B, status, balance and reversal, and those of reversals alone. */
import { failed, inFamily, paid, unsettled } from './meaning.ts';

const ours = { isConfiguration: true };

export const initiatorCodes = inFamily('initiator', [
  paid('0', ['Done.', 'Imekamilika.']),
  failed(
    '1',
    [
      'There is not enough money in the account that pays.',
      'Akaunti inayolipa haina salio la kutosha.',
    ],
    { isRetryable: true },
  ),
  failed('2', ['The amount is below what M-PESA allows.', 'Kiasi ni kidogo mno kwa M-PESA.']),
  failed('3', ['The amount is above what M-PESA allows.', 'Kiasi ni kikubwa mno kwa M-PESA.']),
  failed(
    '4',
    ['The recipient has reached the limit of the day.', 'Mpokeaji amefikia kikomo cha siku.'],
    { retryAfterSeconds: 86_400 },
  ),
  failed('8', [
    'The recipient’s account has reached its maximum balance.',
    'Akaunti ya mpokeaji imefikia salio la juu kabisa.',
  ]),
  failed('11', ['The paying account is not active.', 'Akaunti inayolipa haitumiki.'], ours),
  unsettled('15', ['This request was already sent.', 'Ombi hili lilikwisha tumwa.'], 'unknown'),
  failed('17', ['M-PESA failed inside.', 'M-PESA imepata hitilafu ya ndani.'], {
    retryAfterSeconds: 120,
  }),
  failed('18', ['M-PESA did not accept the initiator.', 'M-PESA haikumkubali mwanzilishi.'], ours),
  failed('19', ['The request came out of order.', 'Ombi limefika nje ya mpangilio.'], ours),
  failed('20', ['M-PESA does not know the initiator.', 'M-PESA haimtambui mwanzilishi.'], ours),
  failed(
    '21',
    ['The initiator lacks the role for this.', 'Mwanzilishi hana ruhusa ya jambo hili.'],
    ours,
  ),
  failed('22', ['The initiator is not active.', 'Mwanzilishi hatumiki.'], ours),
  failed('24', ['Fields were missing.', 'Sehemu fulani hazikujazwa.'], ours),
  failed('25', ['A field was not valid.', 'Sehemu fulani si sahihi.'], ours),
  failed('26', ['M-PESA is busy.', 'M-PESA ina shughuli nyingi.'], { retryAfterSeconds: 30 }),
  failed('29', ['M-PESA does not know this command.', 'M-PESA haitambui amri hii.'], ours),
  failed(
    '2001',
    ['The initiator’s name or password is wrong.', 'Jina au nenosiri la mwanzilishi si sahihi.'],
    ours,
  ),
  failed(
    '2002',
    ['Till and store number do not belong together.', 'Nambari ya till na ya duka hazilingani.'],
    ours,
  ),
  failed('2006', ['The account’s status forbids this.', 'Hali ya akaunti hairuhusu hili.'], ours),
  failed(
    '2028',
    ['This shortcode is not set up for this.', 'Nambari hii ya biashara haijawekwa kwa hili.'],
    ours,
  ),
  failed('2040', ['The recipient is not registered.', 'Mpokeaji hajasajiliwa.']),
  failed(
    '8006',
    ['The initiator’s credential is locked.', 'Utambulisho wa mwanzilishi umefungwa.'],
    ours,
  ),
  failed('SFC_IC0003', [
    'The recipient’s number is not on M-PESA.',
    'Nambari ya mpokeaji haiko kwenye M-PESA.',
  ]),
  unsettled('100000000', ['M-PESA will send it again.', 'M-PESA itatuma tena.'], 'pending'),
  failed('100000001', ['M-PESA is overloaded.', 'M-PESA imelemewa.'], { retryAfterSeconds: 60 }),
  failed('100000002', ['M-PESA slowed us down.', 'M-PESA imetupunguzia kasi.'], {
    retryAfterSeconds: 60,
  }),
  unsettled('100000004', ['M-PESA failed inside.', 'M-PESA imepata hitilafu ya ndani.'], 'unknown'),
  failed('100000005', ['A field was not valid.', 'Sehemu fulani si sahihi.'], ours),
  unsettled('100000007', ['M-PESA is not well.', 'M-PESA ina hitilafu.'], 'unknown'),
  unsettled('100000009', ['M-PESA is not well.', 'M-PESA ina hitilafu.'], 'unknown'),
  failed('100000010', ['The initiator may not do this.', 'Mwanzilishi haruhusiwi.'], ours),
  failed('100000011', ['M-PESA slowed us down.', 'M-PESA imetupunguzia kasi.'], {
    retryAfterSeconds: 60,
  }),
]);

export const reversalCodes = inFamily('reversal', [
  // Somebody reversed it: verify by a status query, never repeat.
  unsettled(
    'R000001',
    ['This payment was already reversed.', 'Malipo haya yalikwisha rejeshwa.'],
    'unknown',
  ),
  failed('R000002', [
    'M-PESA does not know the original payment.',
    'M-PESA haitambui malipo ya awali.',
  ]),
  ...initiatorCodes.map(({ family: _family, ...entry }) => entry),
]);

/** Codes after which an initiator must not try again: each try moves it towards lock-out. */
export const initiatorStopCodes: ReadonlySet<string> = new Set(['18', '2001', '8006']);
