import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed, type Ref } from 'vue';
import type {
  ColumnMappingBody,
  MappingDecision,
  MappingPreview,
  MappingProposal,
} from '../../../api/statements/mapping-schema.ts';
import { problemIn, request } from '../request.ts';

/** The mapping of an unknown CSV: what we propose, what it would read, and accepting it. */
export function useMapping(statementId: Ref<string>) {
  const queries = useQueryClient();
  const path = computed(() => `/v1/statements/${statementId.value}/mapping`);
  const proposal = useQuery({
    queryKey: ['statements', 'mapping', statementId],
    queryFn: ({ signal }) => request<MappingProposal>(path.value, { signal }),
    staleTime: Infinity,
  });
  const preview = useMutation({
    mutationFn: (mapping: ColumnMappingBody) =>
      request<MappingPreview>(`${path.value}/preview`, { method: 'POST', json: { mapping } }),
  });
  const decision = useMutation({
    mutationFn: (chosen: MappingDecision) =>
      request<{ accepted: true }>(path.value, { method: 'POST', json: chosen }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['statements'] }),
  });
  return {
    proposal: proposal.data,
    isLoading: proposal.isPending,
    loadProblem: computed(() =>
      proposal.error.value === null ? null : problemIn(proposal.error.value),
    ),
    reload: () => void proposal.refetch(),
    preview: preview.data,
    tryOut: (mapping: ColumnMappingBody) => preview.mutate(mapping),
    isTrying: preview.isPending,
    accept: (chosen: MappingDecision) => decision.mutate(chosen),
    isAccepting: decision.isPending,
    problem: computed(() => {
      const fault = decision.error.value ?? preview.error.value;
      return fault === null ? null : problemIn(fault);
    }),
  };
}
