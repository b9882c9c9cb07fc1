import { computed, type ComputedRef, type Ref } from 'vue';
import { problemIn, type Problem } from './request.ts';

/**
 * Why a query has nothing to show; null while it loads and once there is anything, because a refresh
 * that failed does not take away what is on the screen.
 */
export function firstProblem(query: {
  error: Readonly<Ref<Error | null>>;
  data: Readonly<Ref<unknown>>;
}): ComputedRef<Problem | null> {
  return computed(() =>
    query.error.value === null || query.data.value !== undefined
      ? null
      : problemIn(query.error.value),
  );
}
