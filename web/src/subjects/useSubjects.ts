import { useMutation } from '@tanstack/vue-query';
import { computed } from 'vue';
import type { SubjectReport } from '../../../api/data-subjects/schema.ts';
import { problemIn, request } from '../request.ts';

export interface SubjectQuestion {
  msisdn?: string;
  name?: string;
  reason: string;
}

/** What is held about a person; asked for on demand, and kept nowhere. */
export function useSubjects() {
  const asking = useMutation({
    mutationFn: (json: SubjectQuestion) =>
      request<SubjectReport>('/v1/data-subjects/report', { method: 'POST', json }),
    gcTime: 0,
  });
  return {
    ask: (question: SubjectQuestion) => asking.mutate(question),
    report: computed(() => asking.data.value ?? null),
    isAsking: asking.isPending,
    problem: computed(() => (asking.error.value === null ? null : problemIn(asking.error.value))),
  };
}
