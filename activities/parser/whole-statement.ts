/** A whole reading at once, for callers that do not need it piece by piece. */
import type {
  FileProblem,
  PdfEvidence,
  PrintedFacts,
  ProofReport,
} from '../../domain/statements/terms.ts';
import type { RejectedRow, StatementLine } from '../../domain/statements/terms.ts';
import { readStatement, type ReadOptions } from './cage.ts';
import type { ReadCounts, ReaderFrame } from './frames.ts';

export interface WholeStatement {
  /** Set when the file cannot be used as it is; lines and rejects are then empty. */
  problem: { problem: FileProblem; detail: string } | undefined;
  facts: PrintedFacts | undefined;
  evidence: PdfEvidence | undefined;
  preview: Extract<ReaderFrame, { t: 'preview' }> | undefined;
  lines: StatementLine[];
  rejects: RejectedRow[];
  report: ProofReport | undefined;
  counts: ReadCounts | undefined;
}

/** Reads `source` in the cage and gathers all frames; throws what `readStatement` throws. */
export async function readWholeStatement(
  source: AsyncIterable<Uint8Array>,
  options: ReadOptions,
): Promise<WholeStatement> {
  const whole: WholeStatement = {
    problem: undefined,
    facts: undefined,
    evidence: undefined,
    preview: undefined,
    lines: [],
    rejects: [],
    report: undefined,
    counts: undefined,
  };
  for await (const frame of readStatement(source, options)) gather(whole, frame);
  return whole.problem ? { ...whole, lines: [], rejects: [] } : whole;
}

function gather(whole: WholeStatement, frame: ReaderFrame): void {
  if (frame.t === 'lines') for (const line of frame.lines) whole.lines.push(line);
  if (frame.t === 'rejects') for (const reject of frame.rejects) whole.rejects.push(reject);
  if (frame.t === 'preview') whole.preview = frame;
  if (frame.t === 'needs') whole.problem = { problem: frame.problem, detail: frame.detail };
  if (frame.t !== 'facts' && frame.t !== 'report') return;
  whole.facts = frame.facts;
  whole.evidence = frame.evidence ?? whole.evidence;
  if (frame.t === 'report') {
    whole.report = frame.report;
    whole.counts = frame.counts;
  }
}
