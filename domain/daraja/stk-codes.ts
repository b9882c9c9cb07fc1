/** Result codes of STK callbacks and queries. */
import { failed, inFamily, paid, unsettled } from './meaning.ts';

export const stkCodes = inFamily('stk', [
  paid('0', ['Paid.', 'Imelipwa.']),
  failed('1', ['The payer does not have enough money.', 'Mlipaji hana salio la kutosha.'], {
    isRetryable: true,
  }),
  failed('2', [
    'The amount is below what M-PESA allows.',
    'Kiasi ni chini ya kinachoruhusiwa na M-PESA.',
  ]),
  failed('3', [
    'The amount is above what M-PESA allows in one payment.',
    'Kiasi kinazidi kinachoruhusiwa na M-PESA kwa malipo moja.',
  ]),
  failed(
    '4',
    [
      'The payer has reached the M-PESA limit of the day.',
      'Mlipaji amefikia kikomo cha siku cha M-PESA.',
    ],
    { retryAfterSeconds: 86_400 },
  ),
  failed(
    '8',
    [
      'The receiving account has reached its maximum balance.',
      'Akaunti inayopokea imefikia salio la juu kabisa.',
    ],
    { isConfiguration: true },
  ),
  failed(
    '17',
    [
      'M-PESA refused a repeat of the same amount within two minutes.',
      'M-PESA imekataa kurudia kiasi hicho hicho ndani ya dakika mbili.',
    ],
    { retryAfterSeconds: 120 },
  ),
  failed('26', ['M-PESA is busy.', 'M-PESA ina shughuli nyingi.'], { retryAfterSeconds: 30 }),
  failed(
    '1001',
    [
      'Another M-PESA request is open on this phone.',
      'Kuna ombi lingine la M-PESA kwenye simu hii.',
    ],
    { retryAfterSeconds: 120 },
  ),
  failed('1019', ['The request expired.', 'Ombi limekwisha muda.'], { isRetryable: true }),
  failed('1025', ['The prompt could not be sent to the phone.', 'Ombi halikufika kwenye simu.'], {
    retryAfterSeconds: 90,
  }),
  failed('9999', ['The prompt could not be sent to the phone.', 'Ombi halikufika kwenye simu.'], {
    retryAfterSeconds: 90,
  }),
  failed('1031', ['The payer cancelled.', 'Mlipaji ameghairi.'], { isRetryable: true }),
  failed('1032', ['The payer cancelled or did not answer.', 'Mlipaji ameghairi au hakujibu.'], {
    isRetryable: true,
  }),
  unsettled('1036', ['M-PESA is still working on it.', 'M-PESA bado inashughulikia.']),
  failed('1037', ['The phone could not be reached.', 'Simu haikupatikana.'], { isRetryable: true }),
  failed('2001', ['The payer typed a wrong PIN.', 'Mlipaji ameweka PIN isiyo sahihi.'], {
    isRetryable: true,
  }),
  failed(
    '2028',
    [
      'This shortcode may not take this kind of payment.',
      'Nambari hii ya biashara hairuhusiwi kupokea malipo ya aina hii.',
    ],
    { isConfiguration: true },
  ),
  failed('8006', [
    'The payer’s M-PESA PIN is locked; they can call 100 or 234.',
    'PIN ya M-PESA ya mlipaji imefungwa; anaweza kupiga 100 au 234.',
  ]),
  failed(
    'SFC_IC0003',
    ['M-PESA does not know the receiving number.', 'M-PESA haitambui nambari inayopokea.'],
    { isConfiguration: true },
  ),
  unsettled('4999', ['M-PESA is still working on it.', 'M-PESA bado inashughulikia.']),
  // Ours: nobody answered for the push, and the payments M-PESA lists do not contain it.
  failed('not-in-pull', ['M-PESA has no such payment.', 'M-PESA haina malipo hayo.'], {
    isRetryable: true,
  }),
]);
