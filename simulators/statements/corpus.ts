/**
 * The bad-input corpus of statement uploads, rows S1 to S32 as far as they are files. Rows S16 and
 * S31 are about requests, not about files, and have no entry here.
 */
import { archiveInputs } from './corpus/archive-inputs.ts';
import type { BadInput } from './corpus/bad-input.ts';
import { generatedInputs } from './corpus/generated-inputs.ts';
import { pdfInputs } from './corpus/pdf-inputs.ts';
import { textInputs } from './corpus/text-inputs.ts';
import { valueInputs } from './corpus/value-inputs.ts';

/** All bad inputs by their row; their bytes are only made when asked for. */
export function badInputs(): BadInput[] {
  const all = [...archiveInputs, ...pdfInputs, ...generatedInputs, ...valueInputs, ...textInputs];
  return all.toSorted((a, b) => rowOf(a) - rowOf(b));
}

function rowOf(input: BadInput): number {
  return Number(input.id.slice(1));
}
