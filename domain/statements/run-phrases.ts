/** How a run of ingestion waits for people, and how it ends without posting. */
import { teller } from '../phrasebook.ts';
import { phrase } from '../sentence.ts';

export const runPhrases = {
  'adds-up-now': phrase(
    'Everything adds up now; it can be posted.',
    'Sasa kila kitu kinajumlika; inaweza kuingizwa.',
  ),
  'no-more-rows': phrase(
    'The statement takes no more rows: it was refused, or it is taken back.',
    'Taarifa haipokei mistari tena: ilikataliwa, au imerudishwa.',
  ),
  'mending-stopped': phrase(
    'Taking in the typed rows stopped half way; it can be asked for again.',
    'Kupokea mistari iliyoandikwa kumesimama katikati; inaweza kuombwa tena.',
  ),
  'row-unread': phrase('1 row could not be read.', 'Mstari 1 haukusomeka.'),
  'rows-unread': phrase('{count} rows could not be read.', 'Mistari {count} haikusomeka.'),
  unconfirmed: phrase(
    'The file prints nothing that confirms its sums.',
    'Faili haina chochote kinachothibitisha jumla zake.',
  ),
  'every-one-reviewed': phrase(
    'Everything adds up. Your business looks at every statement before it is posted.',
    'Kila kitu kinajumlika. Biashara yako huangalia kila taarifa kabla ya kuingizwa.',
  ),
  'refused-after-review': phrase('Refused after review.', 'Imekataliwa baada ya kuangaliwa.'),
  stopped: phrase(
    'Stopped on request before anything was posted.',
    'Imesimamishwa kwa ombi kabla ya chochote kuingizwa.',
  ),
  undecided: phrase(
    'Nobody decided within {said:wait}. Nothing was posted.',
    'Hakuna aliyeamua ndani ya {said:wait}. Hakuna kilichoingizwa.',
  ),
  'nobody-came': phrase(
    'Nobody brought {said:what} within {said:wait}. Upload the file again to start over.',
    'Hakuna aliyeleta {said:what} ndani ya {said:wait}. Pakia faili tena ili kuanza upya.',
  ),
  'no-password-opens': phrase(
    'None of the passwords given opens this file.',
    'Hakuna nenosiri lililotolewa linalofungua faili hii.',
  ),
  'password-needed': phrase(
    'The file is locked. Waiting for its password.',
    'Faili imefungwa. Nenosiri lake linasubiriwa.',
  ),
  'password-gone': phrase(
    'The password was kept for an hour only and is gone. Waiting for it again.',
    'Nenosiri lilihifadhiwa kwa saa moja tu na limefutwa. Linasubiriwa tena.',
  ),
  'one-try-left': phrase(
    'That password does not open the file; 1 try is left.',
    'Nenosiri hilo halifungui faili; limebaki jaribio 1.',
  ),
  'tries-left': phrase(
    'That password does not open the file; {tries} tries are left.',
    'Nenosiri hilo halifungui faili; yamebaki majaribio {tries}.',
  ),
  'gave-up': phrase('{step} gave up ({fault}).', 'Hatua {step} imeshindikana ({fault}).'),
  // Inside of the sentences above.
  'the-password': phrase('the password of the file', 'nenosiri la faili'),
  'a-mapping': phrase('a column mapping', 'maana ya safu'),
  'seven-days': phrase('7 days', 'siku 7'),
} as const;

export const tellRun = teller(runPhrases);
