/** All layouts by name. */
import type { LayoutName } from '../truth.ts';
import { bankCsv } from './bank-csv.ts';
import { classicCsv, classicXls, classicXlsx } from './classic-export.ts';
import type { Layout } from './layout.ts';
import { newerCsv, newerXlsx } from './newer-export.ts';
import { personalA } from './personal-a.ts';
import { personalB } from './personal-b.ts';
import { tillPdf } from './till-pdf.ts';

export const layouts: Readonly<Record<LayoutName, Layout>> = {
  'personal-a': personalA,
  'personal-b': personalB,
  till: tillPdf,
  'classic-csv': classicCsv,
  'classic-xlsx': classicXlsx,
  'classic-xls': classicXls,
  'newer-csv': newerCsv,
  'newer-xlsx': newerXlsx,
  'bank-csv': bankCsv,
};
