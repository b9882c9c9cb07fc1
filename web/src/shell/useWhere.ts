import { useRoute } from 'vue-router';

/** Tells whether the screen belongs to a place: `/statements/stm_…` is still in Statements. */
export function useWhere(): (place: string) => boolean {
  const route = useRoute();
  return (place) => route.path === `/${place}` || route.path.startsWith(`/${place}/`);
}
