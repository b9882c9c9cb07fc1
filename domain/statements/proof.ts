/** SIGNATURES FIRST: being filled in. */
import type {
  PdfEvidence,
  PrintedFacts,
  ProofReport,
  RejectedRow,
  StatementLine,
} from './terms.ts';
export interface Proof {
  addLine(line: StatementLine): void;
  addReject(reject: RejectedRow): void;
  finish(file: { candidateCount: number; evidence?: PdfEvidence | undefined }): ProofReport;
}
export function createProof(_facts: PrintedFacts): Proof {
  throw new Error('being written');
}
