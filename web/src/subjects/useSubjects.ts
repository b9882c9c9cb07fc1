import { useMutation, useQuery } from '@tanstack/vue-query';
import { computed, ref } from 'vue';
import type {
  SubjectReport,
  SubjectRequestBody,
  SubjectRequestList,
} from '../../../api/data-subjects/schema.ts';
import { useDeed } from '../payments/useDeed.ts';
import { firstProblem } from '../first-problem.ts';
import { problemIn, request } from '../request.ts';

export interface SubjectQuestion {
  msisdn?: string;
  name?: string;
  reason: string;
}

/** What is held about a person; asked for on demand, answer by answer, and kept nowhere. */
export function useSubjects() {
  const progress = ref(0);
  const asking = useMutation({
    mutationFn: async (question: SubjectQuestion) => {
      const records: SubjectReport['records'] = [];
      progress.value = 0;
      for (let cursor: string | null = null; ;) {
        const json: object = cursor === null ? question : { ...question, cursor };
        const part: SubjectReport = await request<SubjectReport>('/v1/data-subjects/report', {
          ...{ method: 'POST', json },
        });
        records.push(...part.records);
        progress.value = part.progress;
        cursor = part.nextCursor;
        if (cursor === null) return { ...part, records };
      }
    },
    gcTime: 0,
  });
  return {
    ask: (question: SubjectQuestion) => asking.mutate(question),
    report: computed(() => asking.data.value ?? null),
    isAsking: asking.isPending,
    progress,
    problem: computed(() => (asking.error.value === null ? null : problemIn(asking.error.value))),
  };
}

const everyMs = 2_000;

/** Wishes to have people forgotten; the list follows while one is being done. */
export function useSubjectRequests(isAllowed: () => boolean) {
  const query = useQuery({
    queryKey: ['subject-requests'],
    queryFn: ({ signal }) => request<SubjectRequestList>('/v1/data-subjects/requests', { signal }),
    enabled: isAllowed,
    gcTime: 0,
    refetchInterval: ({ state }) =>
      state.data?.data.some(({ status }) => status === 'running') === true ? everyMs : false,
  });
  return {
    requests: computed(() => query.data.value?.data ?? []),
    problem: firstProblem(query),
  };
}

/** Asking for it and deciding about it. */
export function useSubjectDeed() {
  return useDeed<SubjectRequestBody>(['subject-requests']);
}
