/** Why a whole file is refused or waits for a person. */
import { teller } from '../phrasebook.ts';
import { phrase } from '../sentence.ts';

export const filePhrases = {
  'empty-file': phrase('The file is empty.', 'Faili ni tupu.'),
  'too-large': phrase('The file is larger than {megabytes} MB.', 'Faili inazidi MB {megabytes}.'),
  unsupported: phrase(
    'This cannot be read as a statement: {said:what}. Send a PDF, CSV, XLSX or XLS.',
    'Hii haiwezi kusomwa kama taarifa: {said:what}. Tuma PDF, CSV, XLSX au XLS.',
  ),
  'encoding-unreadable': phrase(
    'The text is in an encoding that cannot be read; save it as UTF-8.',
    'Maandishi yako katika usimbaji usiosomeka; yahifadhi kama UTF-8.',
  ),
  'encoding-mixed': phrase(
    'The text is partly UTF-8 and partly not; save it as UTF-8.',
    'Sehemu ya maandishi ni UTF-8 na sehemu sivyo; yahifadhi kama UTF-8.',
  ),
  'encoding-unusual': phrase(
    'The text has bytes that no usual encoding has; save it as UTF-8.',
    'Maandishi yana baiti zisizo za usimbaji wa kawaida; yahifadhi kama UTF-8.',
  ),
  'encoding-cut': phrase(
    'The UTF-16 text ends in the middle of a character.',
    'Maandishi ya UTF-16 yanaishia katikati ya herufi.',
  ),
  'too-slow': phrase(
    'Reading the file took too long, so it was stopped.',
    'Kusoma faili kulichukua muda mrefu mno, kwa hiyo kulisimamishwa.',
  ),
  'too-much-memory': phrase(
    'Reading the file needed too much memory, so it was stopped.',
    'Kusoma faili kulihitaji kumbukumbu nyingi mno, kwa hiyo kulisimamishwa.',
  ),
  'part-giant': phrase(
    'A part of the file unpacks to far more than a statement holds, so it was not read.',
    'Sehemu ya faili hufunguka kuwa kubwa mno kuliko taarifa yoyote, kwa hiyo haikusomwa.',
  ),
  senseless: phrase(
    'The file made the reader give answers that make no sense.',
    'Faili ilimfanya msomaji atoe majibu yasiyo na maana.',
  ),
  damaged: phrase(
    'The file is damaged in a way that stops it being read.',
    'Faili imeharibika kiasi kwamba haiwezi kusomwa.',
  ),
  'quote-open': phrase(
    'A quotation mark opened after line {line} is never closed.',
    'Alama ya kunukuu iliyofunguliwa baada ya mstari {line} haikufungwa.',
  ),
  'quote-swallows': phrase(
    'A quotation mark opened in line {line} is not closed there.',
    'Alama ya kunukuu iliyofunguliwa kwenye mstari {line} haikufungwa hapo.',
  ),
  'record-long': phrase(
    'The row after line {line} is longer than {limit} characters; a quotation mark may be left open.',
    'Mstari baada ya mstari {line} unazidi alama {limit}; huenda alama ya kunukuu haikufungwa.',
  ),
  'csv-rules': phrase(
    'The row after line {line} does not follow the rules of CSV.',
    'Mstari baada ya mstari {line} haufuati kanuni za CSV.',
  ),
  'no-table': phrase(
    'No table with columns for date, details and amount was found at its beginning.',
    'Mwanzoni mwake hakuna jedwali lenye safu za tarehe, maelezo na kiasi.',
  ),
  'mapping-needed': phrase(
    'Say once which column is what; it is remembered for this source.',
    'Sema mara moja kila safu ni ya nini; itakumbukwa kwa chanzo hiki.',
  ),
  'headerless-end': phrase(
    'The file ends before its header.',
    'Faili inaisha kabla ya vichwa vya safu.',
  ),
  'columns-repeated': phrase(
    'These columns appear more than once: {columns}.',
    'Safu hizi ziko zaidi ya mara moja: {columns}.',
  ),
  'columns-forbidden': phrase(
    'These column names are not allowed: {columns}.',
    'Majina haya ya safu hayaruhusiwi: {columns}.',
  ),
  'columns-missing': phrase(
    'These columns are missing: {columns}.',
    'Safu hizi hazipo: {columns}.',
  ),
  'columns-absent': phrase(
    'These columns are not in the file: {columns}.',
    'Safu hizi hazimo kwenye faili: {columns}.',
  ),
  'columns-shared': phrase(
    'These columns serve two purposes: {columns}.',
    'Safu hizi zimetumika kwa mambo mawili: {columns}.',
  ),
  'columns-of-amount': phrase(
    'Name either one amount column or both a paid in and a withdrawn column.',
    'Taja safu moja ya kiasi, au safu ya zilizoingia pamoja na ya zilizotoka.',
  ),
  'columns-many': phrase(
    'Row {line} has {found} columns; at most {limit} are read.',
    'Mstari {line} una safu {found}; husomwa {limit} kwa wingi.',
  ),
  'pdf-damaged': phrase(
    'The PDF is damaged and cannot be opened.',
    'PDF imeharibika na haifunguki.',
  ),
  'pdf-locked': phrase(
    'The PDF is locked; it needs its password.',
    'PDF imefungwa; inahitaji nenosiri lake.',
  ),
  'pdf-password-wrong': phrase('The password does not open the PDF.', 'Nenosiri halifungui PDF.'),
  'pages-many': phrase(
    'The PDF has {found} pages; at most {limit} are read.',
    'PDF ina kurasa {found}; husomwa {limit} kwa wingi.',
  ),
  'page-dense': phrase(
    'Page {page} holds more text than any statement.',
    'Ukurasa {page} una maandishi mengi kuliko taarifa yoyote.',
  ),
  pictures: phrase(
    'The PDF holds pictures of pages and no text; ask for the original file.',
    'PDF ina picha za kurasa bila maandishi; omba faili halisi.',
  ),
  'layout-unknown': phrase(
    'The first pages do not have the columns Receipt No, Completion Time, Details and Status.',
    'Kurasa za mwanzo hazina safu za Receipt No, Completion Time, Details na Status.',
  ),
  'workbook-unopened': phrase(
    'The workbook is not opened: {said:why}.',
    'Kitabu cha hesabu hakifunguliwi: {said:why}.',
  ),
  'workbook-locked': phrase(
    'The workbook is locked with a password; save it without one.',
    'Kitabu cha hesabu kimefungwa kwa nenosiri; kihifadhi bila nenosiri.',
  ),
  'workbook-damaged': phrase(
    'The workbook is damaged and cannot be opened.',
    'Kitabu cha hesabu kimeharibika na hakifunguki.',
  ),
  'rows-many': phrase(
    'The file has more than {limit} rows.',
    'Faili ina zaidi ya mistari {limit}.',
  ),
  'dates-ambiguous': phrase(
    'The dates can be read with the day or the month first, and the rows do not decide it.',
    'Tarehe zinaweza kusomwa kwa kuanza na siku au mwezi, na mistari haiamui.',
  ),
} as const;

export const tellFile = teller(filePhrases);
