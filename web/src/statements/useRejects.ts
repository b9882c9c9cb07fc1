import { useMutation, useQueryClient } from '@tanstack/vue-query';
import { computed, ref, type Ref } from 'vue';
import type { AcceptedOperation } from '../../../api/operations/schema.ts';
import type { DecidedReject, RejectDecision } from '../../../api/statements/schema.ts';
import { ifMatch, problemIn, request } from '../request.ts';
import { useOperationProgress } from './useOperationProgress.ts';

/** Types a row in, leaves it out or opens it again; only for the version that was looked at. */
export function useRejectDecision(statementId: Ref<string>) {
  const queries = useQueryClient();
  const { mutateAsync, isPending, error, reset } = useMutation({
    mutationFn: ({ row, decision }: { row: DecidedReject; decision: RejectDecision }) =>
      request<DecidedReject>(`/v1/statements/${statementId.value}/rejects`, {
        method: 'POST',
        json: decision,
        headers: ifMatch(row.version),
      }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['statements', 'rejects'] }),
  });
  return {
    /** Resolves true when it is written down. */
    decide: (row: DecidedReject, decision: RejectDecision) =>
      mutateAsync({ row, decision }).then(
        () => true,
        () => false,
      ),
    isBusy: isPending,
    reset,
    problem: computed(() => (error.value === null ? null : problemIn(error.value))),
  };
}

/** Has the decided rows taken in, and follows the run until it has ended. */
export function useRerun(statementId: Ref<string>) {
  const operationId = ref<string | null>(null);
  const { progress } = useOperationProgress(operationId);
  const { mutate, isPending, error } = useMutation({
    mutationFn: () =>
      request<AcceptedOperation>(`/v1/statements/${statementId.value}/rejects/rerun`, {
        method: 'POST',
      }),
    onSuccess: ({ operation }) => {
      operationId.value = operation.id;
    },
  });
  return {
    start: () => mutate(),
    isBusy: computed(
      () => isPending.value || (operationId.value !== null && !progress.value.isFinished),
    ),
    problem: computed(() => (error.value === null ? null : problemIn(error.value))),
  };
}
