import { useMutation, useQueryClient } from '@tanstack/vue-query';
import { computed } from 'vue';
import { problemIn, request } from '../request.ts';

const workbook = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** Sends a list as CSV or XLSX to be looked at; `staleKey` is what the lists are cached under. */
export function useFileUpload<Answer>(path: string, staleKey: string) {
  const queries = useQueryClient();
  const { mutateAsync, isPending, error } = useMutation({
    mutationFn: ({ file, query }: { file: File; query: Readonly<Record<string, string>> }) => {
      const type = /\.xlsx$/i.test(file.name) ? workbook : 'text/csv';
      return request<Answer>(path, {
        method: 'POST',
        query,
        body: new Blob([file], { type }),
        headers: { 'Idempotency-Key': crypto.randomUUID() },
        timeoutMs: 60_000,
      });
    },
    onSettled: () => queries.invalidateQueries({ queryKey: [staleKey] }),
  });
  return {
    /** Resolves to undefined when the file was refused; `problem` says why. */
    upload: (file: File, query: Readonly<Record<string, string>>) =>
      mutateAsync({ file, query }).catch(() => undefined),
    isBusy: isPending,
    problem: computed(() => (error.value === null ? null : problemIn(error.value))),
  };
}
