/** Which files may be a statement. */
import { sniffBytes, sniffStatement } from '../../activities/parser/sniff.ts';
import { problemInSwahili } from '../../domain/statements/in-swahili.ts';
import type { MediaKind } from '../../domain/statements/terms.ts';
import { problem } from '../problems.ts';
import type { Intake } from './byte-intake.ts';

export const statementIntake: Intake<MediaKind> = {
  bytesMax: 64 * 1024 * 1024,
  types: new Set([
    'application/octet-stream',
    'application/pdf',
    'text/csv',
    'application/vnd.ms-excel',
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  ]),
  fields: new Set(['password']),
  unnamed: 'statement',
  headBytes: sniffBytes,
  look(head, sizeBytes) {
    const sniffed = sniffStatement(head, sizeBytes);
    if (sniffed.ok) return { mediaKind: sniffed.mediaKind };
    const { problem: code, detail } = sniffed;
    const said = { detail, detailSw: problemInSwahili(detail) };
    if (code === 'empty-file' || code === 'encoding' || code === 'file-too-large') {
      return problem(code, said);
    }
    return problem('unsupported-type', said);
  },
};
