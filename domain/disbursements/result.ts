/** Turns what the provider says into evidence: results, and the answers to our questions. */
import { payoutWords } from './phrases.ts';
import { meaningOf } from '../daraja/result-codes.ts';
import { parseProviderStatus, type Evidence, type ProviderStatus } from './decide.ts';

/** Codes after which the provider itself says to ask before concluding. */
const doubtful: ReadonlySet<string> = new Set(['15', '17', '26', 'R000001']);

/** Codes with which a status query says that it knows no such payment; which one comes varies. */
const notFoundCodes: ReadonlySet<string> = new Set(['R000002', '2032']);

/** A failure is definite when the table says so and it is none of the doubtful ones. */
export function resultEvidence(result: {
  code: string;
  receipt: string | null;
  isReversal: boolean;
}): Evidence {
  const { code, receipt, isReversal } = result;
  const meaning = meaningOf(isReversal ? 'reversal' : 'initiator', code);
  const known = isReversal && meaning.status === 'unknown' ? meaningOf('initiator', code) : meaning;
  const isDefinite = known.status === 'failed' && known.isFinal && !doubtful.has(code);
  return { source: 'result', code, isDefinite, receipt };
}

/** The answer to a status query: its own code tells only whether the question was answered. */
export function statusEvidence(answer: {
  code: string;
  statusText: string;
  receipt: string | null;
  isSettled: boolean;
}): Evidence {
  const { code, statusText, receipt, isSettled } = answer;
  const told = (status: ProviderStatus, under: string | null = null): Evidence => ({
    ...{ source: 'status', status, isSettled },
    receipt: under,
  });
  if (notFoundCodes.has(code)) return told('not-found');
  if (code !== '0') return told('unreadable');
  const status = parseProviderStatus(statusText);
  return told(status, status === 'completed' ? receipt : null);
}

/** What to tell people about a refusal by the provider. */
export function refusalWords(code: string | null, isReversal: boolean): string {
  if (code === null) return payoutWords('not-known');
  if (code === 'cancelled' || code === 'declined' || code === 'expired') return payoutWords(code);
  const meaning = isReversal ? meaningOf('reversal', code) : meaningOf('initiator', code);
  return meaning.status === 'unknown' ? meaningOf('initiator', code).wordsEn : meaning.wordsEn;
}
