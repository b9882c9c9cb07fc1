import { useI18n } from 'vue-i18n';
import type { Problem } from '../request.ts';
import { useSaid } from '../said.ts';

/** A refusal in one sentence of the chosen language; what no catalogue knows is said as the server does. */
export function useProblemSentence() {
  const { t, te } = useI18n();
  const choose = useSaid();
  return function sentence({ code, title, detail, detailSw }: Problem): string {
    const key = `problems.${code}`;
    return te(key, 'en') ? t(key) : choose(detail || title, detailSw).text;
  };
}

/** The same, with what the server said about each field; null while there is no refusal. */
export function useProblemText() {
  const sentence = useProblemSentence();
  return function problemText(problem: Problem | null): string | null {
    if (problem === null) return null;
    const fields = problem.errors.map(({ detail }) => detail ?? '').filter((text) => text !== '');
    return [sentence(problem), ...fields].join(' ');
  };
}
