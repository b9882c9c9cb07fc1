import { useQuery } from '@tanstack/vue-query';
import { computed, type Ref } from 'vue';
import type { HouseBreachBody, HouseBreachList } from '../../../api/breaches/schema.ts';
import type { HouseTenantList } from '../../../api/tenants/schema.ts';
import { firstProblem } from '../first-problem.ts';
import { useDeed } from '../payments/useDeed.ts';
import { request } from '../request.ts';

/** What is done about one on record, as the end of its address. */
export type HouseBreachDeed = 'tell' | 'authority' | 'measures' | 'close' | 'businesses';

/** A business whose data it is, while somebody fills in the form. */
export interface TouchedDraft {
  id: string;
  name: string;
  /** As it is typed; empty while it is not known. */
  people: string;
}

/** What is sent of those that were chosen. */
export function touchedOf(drafts: readonly TouchedDraft[]) {
  return drafts.map(({ id, people }) => ({
    id,
    personCount: people.trim() === '' ? null : Number(people),
  }));
}

export function isCounted({ people }: TouchedDraft): boolean {
  return /^\d{0,8}$/.test(people.trim());
}

/** The register of breaches, as operators of the house see it. */
export function useHouseBreaches() {
  const query = useQuery({
    queryKey: ['house-breaches'],
    queryFn: ({ signal }) => request<HouseBreachList>('/v1/platform/breaches', { signal }),
  });
  return {
    breaches: computed(() => query.data.value?.data ?? []),
    isLoading: query.isPending,
    problem: firstProblem(query),
    retry: () => void query.refetch(),
  };
}

/** Putting one on record, or going on with it. */
export function useHouseBreachDeed() {
  return useDeed<HouseBreachBody>(['house-breaches']);
}

/** Businesses by a part of their name. */
export function useFoundBusinesses(q: Ref<string>) {
  const query = useQuery({
    queryKey: computed(() => ['house-found', q.value]),
    queryFn: ({ signal }) =>
      request<HouseTenantList>('/v1/platform/tenants', { signal, query: { q: q.value, limit: 5 } }),
    enabled: computed(() => q.value !== ''),
  });
  return {
    found: computed(() => (q.value === '' ? [] : (query.data.value?.data ?? []))),
    problem: firstProblem(query),
  };
}
