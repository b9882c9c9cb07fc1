import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed, type Ref } from 'vue';
import type {
  Shortcode,
  ShortcodeAddresses,
  ShortcodeCheck,
} from '../../../api/shortcodes/schema.ts';
import { firstProblem } from '../first-problem.ts';
import { ifMatch, problemIn, request } from '../request.ts';

/** All shortcodes of the business. */
export function useShortcodes() {
  const query = useQuery({
    queryKey: ['shortcodes', 'list'],
    queryFn: ({ signal }) => request<{ data: Shortcode[] }>('/v1/shortcodes', { signal }),
  });
  const shortcodes = computed(() => query.data.value?.data ?? []);
  return {
    shortcodes,
    /** Those that money can move through. */
    usable: computed(() =>
      shortcodes.value.filter((one) => one.status === 'active' && one.hasCredentials),
    ),
    isLoading: query.isPending,
    problem: firstProblem(query),
    retry: () => void query.refetch(),
  };
}

export function useShortcode(shortcodeId: Ref<string>) {
  const query = useQuery({
    queryKey: ['shortcodes', 'one', shortcodeId],
    queryFn: ({ signal }) => request<Shortcode>(`/v1/shortcodes/${shortcodeId.value}`, { signal }),
  });
  return {
    shortcode: query.data,
    isLoading: query.isPending,
    problem: firstProblem(query),
    retry: () => void query.refetch(),
  };
}

/** The addresses Daraja posts to; asked for by those who may see them only. */
export function useAddresses(shortcodeId: Ref<string>, isAllowed: Ref<boolean>) {
  const query = useQuery({
    queryKey: ['shortcodes', 'addresses', shortcodeId],
    queryFn: ({ signal }) =>
      request<ShortcodeAddresses>(`/v1/shortcodes/${shortcodeId.value}/addresses`, { signal }),
    enabled: isAllowed,
  });
  return { addresses: query.data };
}

/** The latest checks; read again every second while one runs. */
export function useChecks(shortcodeId: Ref<string>) {
  const queries = useQueryClient();
  const query = useQuery({
    queryKey: ['shortcodes', 'checks', shortcodeId],
    queryFn: ({ signal }) =>
      request<{ data: ShortcodeCheck[] }>(`/v1/shortcodes/${shortcodeId.value}/checks`, { signal }),
    refetchInterval: ({ state }) =>
      state.data?.data.some(({ status }) => status === 'running') === true ? 1_000 : false,
  });
  const { mutateAsync, isPending, error } = useMutation({
    mutationFn: (kind: 'test' | 'register') =>
      request<ShortcodeCheck>(`/v1/shortcodes/${shortcodeId.value}/checks`, {
        method: 'POST',
        json: { kind },
      }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['shortcodes'] }),
  });
  const latest = (kind: 'test' | 'register') =>
    computed(() => query.data.value?.data.find((check) => check.kind === kind));
  return {
    test: latest('test'),
    registration: latest('register'),
    begin: (kind: 'test' | 'register') => mutateAsync(kind).catch(() => undefined),
    isBusy: isPending,
    problem: computed(() => (error.value === null ? null : problemIn(error.value))),
  };
}

/** Sends one change of a shortcode; resolves to undefined when it was refused. */
export function useShortcodeChange(path: Ref<string>) {
  const queries = useQueryClient();
  const { mutateAsync, isPending, error, isSuccess } = useMutation({
    mutationFn: ({ json, version }: { json: object; version: string | number | undefined }) =>
      request<Shortcode>(path.value, { method: 'POST', json, headers: ifMatch(version) }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['shortcodes'] }),
  });
  return {
    /** With a version it counts only while that is still the current one. */
    send: (json: object, version?: string | number) =>
      mutateAsync({ json, version }).catch(() => undefined),
    isBusy: isPending,
    isDone: isSuccess,
    problem: computed(() => (error.value === null ? null : problemIn(error.value))),
  };
}
