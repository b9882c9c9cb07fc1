import { useWords } from '../words.ts';

/** What somebody said about a payout: a word, or one with the code that M-PESA gave. */
export function useEvidenceWords() {
  const word = useWords();
  return function evidenceWords(said: string): string {
    const [kind = '', code = ''] = said.split(' ');
    // `timed out` is one word in two.
    return kind === 'timed' ? word('evidence', kind) : `${word('evidence', kind)} ${code}`.trim();
  };
}
