import { useMutation, useQuery } from '@tanstack/vue-query';
import { computed, ref } from 'vue';
import type { DownloadBody } from '../../../api/downloads/schema.ts';
import type {
  SubjectFile,
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

/** How often one looks how far the report is. */
const lookMs = 500;

/** What is held about a person: gathered by a run, fetched when it is ready, and kept nowhere here. */
export function useSubjects() {
  const progress = ref(0);
  const asking = useMutation({
    mutationFn: async (question: SubjectQuestion) => {
      progress.value = 0;
      let made = await request<DownloadBody>('/v1/data-subjects/reports', {
        ...{ method: 'POST', json: question },
      });
      while (made.status === 'running') {
        await new Promise((resolve) => setTimeout(resolve, lookMs));
        made = await request<DownloadBody>(`/v1/downloads/${made.id}`);
        progress.value = made.progress;
      }
      return request<SubjectFile>(`/v1/downloads/${made.id}/file`);
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
