import { useI18n } from 'vue-i18n';
import type { Problem } from '../request.ts';

/** A refusal in a sentence of the chosen language, with what the server said about each field. */
export function useProblemText() {
  const { t, te } = useI18n();
  return function problemText(problem: Problem | null): string | null {
    if (problem === null) return null;
    const key = `problems.${problem.code}`;
    const fields = problem.errors.map(({ detail }) => detail ?? '').filter((text) => text !== '');
    const sentence = te(key, 'en') ? t(key) : problem.detail || problem.title;
    return [sentence, ...fields].join(' ');
  };
}
