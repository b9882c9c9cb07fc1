/** What a file is instead of a statement; these complete a sentence and end without a full stop. */
import { teller } from '../phrasebook.ts';
import { phrase } from '../sentence.ts';

export const packagePhrases = {
  'windows-program': phrase('it is a Windows program', 'ni programu ya Windows'),
  'linux-program': phrase('it is a Linux program', 'ni programu ya Linux'),
  'png-image': phrase('it is a PNG image', 'ni picha ya PNG'),
  'jpeg-image': phrase('it is a JPEG image', 'ni picha ya JPEG'),
  'gif-image': phrase('it is a GIF image', 'ni picha ya GIF'),
  'gzip-archive': phrase('it is a gzip archive', 'ni kifurushi cha gzip'),
  '7-zip-archive': phrase('it is a 7-Zip archive', 'ni kifurushi cha 7-Zip'),
  'rar-archive': phrase('it is a RAR archive', 'ni kifurushi cha RAR'),
  'bzip2-archive': phrase('it is a bzip2 archive', 'ni kifurushi cha bzip2'),
  'xz-archive': phrase('it is an xz archive', 'ni kifurushi cha xz'),
  'no-known-kind': phrase(
    'it is neither a PDF, a spreadsheet nor text',
    'si PDF, si jedwali la hesabu wala si maandishi',
  ),
  markup: phrase('it is a web page or XML', 'ni ukurasa wa wavuti au XML'),
  'other-package': phrase(
    'it is another kind of office document or package',
    'ni aina nyingine ya hati au kifurushi cha ofisi',
  ),
  'zip-archive': phrase(
    'it is a ZIP archive, but not a workbook',
    'ni kifurushi cha ZIP, lakini si kitabu cha hesabu',
  ),
  'workbook-locked': phrase(
    'it is a workbook locked with a password; save it without one',
    'ni kitabu cha hesabu kilichofungwa kwa nenosiri; kihifadhi bila nenosiri',
  ),
  'office-document': phrase(
    'it is an Office document, but not a workbook',
    'ni hati ya Office, lakini si kitabu cha hesabu',
  ),
  'names-repeat': phrase(
    'two parts of the archive have the same name',
    'sehemu mbili za kifurushi zina jina moja',
  ),
  'no-workbook': phrase('the archive holds no workbook', 'kifurushi hakina kitabu cha hesabu'),
  'unpacked-large': phrase(
    'unpacked, the workbook is too large',
    'kikifunguliwa, kitabu cha hesabu ni kikubwa mno',
  ),
  bomb: phrase(
    'the workbook unpacks to far more than a workbook should',
    'kikifunguliwa, kitabu cha hesabu kinakua kupita kiasi',
  ),
  'leads-outside': phrase(
    'a part of the archive has a name that leads outside',
    'sehemu ya kifurushi ina jina linaloelekeza nje',
  ),
  'part-locked': phrase(
    'the workbook is locked with a password; save it without one',
    'kitabu cha hesabu kimefungwa kwa nenosiri; kihifadhi bila nenosiri',
  ),
  'part-is-link': phrase('a part of the archive is a link', 'sehemu ya kifurushi ni kiungo'),
  nested: phrase('an archive inside the archive', 'kifurushi ndani ya kifurushi'),
  'wide-zip': phrase(
    'the archive is of the 64-bit kind, which no statement needs',
    'kifurushi ni cha aina ya biti 64, ambayo taarifa haihitaji',
  ),
  'many-parts': phrase(
    'the archive has more than {limit} parts',
    'kifurushi kina zaidi ya sehemu {limit}',
  ),
  'cut-off': phrase('the archive is cut off', 'kifurushi kimekatika'),
  'list-damaged': phrase(
    'the list of parts of the archive is damaged',
    'orodha ya sehemu za kifurushi imeharibika',
  ),
} as const;

/** A kind that is said without figures. */
export type PackageKind = Exclude<keyof typeof packagePhrases, 'many-parts'>;

export const tellPackage = teller(packagePhrases);
