import { archiveInputs } from '../../../simulators/statements/corpus/archive-inputs.ts';
import type { BadInput } from '../../../simulators/statements/corpus/bad-input.ts';
import { generatedInputs } from '../../../simulators/statements/corpus/generated-inputs.ts';
import { pdfInputs } from '../../../simulators/statements/corpus/pdf-inputs.ts';
import { textInputs } from '../../../simulators/statements/corpus/text-inputs.ts';
import { valueInputs } from '../../../simulators/statements/corpus/value-inputs.ts';
import { sniffBytes, sniffStatement } from '../../../activities/parser/sniff.ts';
import type { WholeStatement } from '../../../activities/parser/whole-statement.ts';
import { problemInSwahili, rejectInSwahili } from '../../../domain/statements/in-swahili.ts';
import { corpusOutcomes } from './corpus-outcomes.ts';
import { readBytes } from './samples.ts';

jest.setTimeout(120_000);

interface Ending {
  outcome: string | undefined;
  /** Why the file cannot be used, in English. */
  detail: string | undefined;
  whole: WholeStatement | undefined;
  tookMs: number;
}

/** What the product would say about the file: first by its signature, then by reading it. */
async function endingOf(input: BadInput): Promise<Ending> {
  const bytes = await input.bytes();
  const started = performance.now();
  const sniffed = sniffStatement(bytes.subarray(0, sniffBytes), bytes.byteLength);
  if (!sniffed.ok) {
    return { outcome: sniffed.problem, detail: sniffed.detail, whole: undefined, tookMs: 0 };
  }
  const password = input.password === undefined ? {} : { password: input.password };
  const whole = await readBytes(bytes, sniffed.mediaKind, password);
  const tookMs = performance.now() - started;
  const detail = whole.problem?.detail;
  return { outcome: whole.problem?.problem ?? whole.report?.verdict, detail, whole, tookMs };
}

const inputs = [...archiveInputs, ...textInputs, ...valueInputs, ...generatedInputs, ...pdfInputs];

test.each(inputs)('$id: $name ends as it must, within the time a file has', async (input) => {
  const { outcome, detail, whole, tookMs } = await endingOf(input);
  const { problems = [], verdicts = [], rejects, rowCount, maskedCards } = input.expect;
  expect([...problems, ...verdicts]).toContain(outcome);
  expect(outcome).toBe(corpusOutcomes[input.name] ?? outcome);
  expect(tookMs).toBeLessThan(40_000);
  const said = whole?.rejects.map(({ detail }) => [detail, rejectInSwahili(detail)]) ?? [];
  if (detail !== undefined) said.push([detail, problemInSwahili(detail)]);
  expect(said.filter(([, swahili]) => swahili === null)).toEqual([]);
  if (!whole || whole.problem) return;
  const { counts } = whole;
  expect(counts?.candidates).toBe(whole.lines.length + whole.rejects.length);
  if (rejects) expect(whole.rejects.map((reject) => reject.reason)).toEqual(rejects);
  if (rowCount !== undefined) expect(whole.lines).toHaveLength(rowCount);
  if (maskedCards !== undefined) expect(counts?.maskedCards).toBe(maskedCards);
});

test.each(pdfInputs.filter((input) => input.id === 'S10'))(
  '$name runs nothing, fetches nothing and is noted as active content',
  async (input) => {
    const { whole } = await endingOf(input);
    expect(whole?.evidence?.hasActiveContent).toBe(true);
    expect(whole?.report?.tamper.map((finding) => finding.signal)).toContain('active-content');
  },
);
