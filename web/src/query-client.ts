import { QueryClient } from '@tanstack/vue-query';
import { RequestFailure } from './request.ts';

const transient = new Set([0, 502, 503, 504]);

/** Server data of the page: shown stale while it refreshes; only faults of the moment are retried. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 20_000,
      gcTime: 10 * 60_000,
      retry: (count, fault) =>
        count < 2 && fault instanceof RequestFailure && transient.has(fault.problem.status),
      retryDelay: (attempt) => Math.min(500 * 2 ** attempt, 4000),
    },
    mutations: { retry: false },
  },
});
