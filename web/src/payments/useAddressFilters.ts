import { computed } from 'vue';
import { useRoute, useRouter } from 'vue-router';

/** The filters of a list, kept in the address bar; those that are empty are left out of it. */
export function useAddressFilters<Name extends string>(names: readonly Name[]) {
  const route = useRoute();
  const router = useRouter();
  const filters = computed(() => {
    const given = names.map((name) => {
      const value = route.query[name];
      return [name, typeof value === 'string' ? value : ''] as const;
    });
    return Object.fromEntries(given) as Record<Name, string>;
  });
  const isFiltered = computed(() => names.some((name) => filters.value[name] !== ''));

  function setFilters(change: Partial<Record<Name, string>>): void {
    const merged = Object.entries<string | undefined>({ ...filters.value, ...change });
    void router.replace({ query: Object.fromEntries(merged.filter(([, value]) => value)) });
  }
  const clear = () => void router.replace({ query: {} });
  return { filters, isFiltered, setFilters, clear };
}
