import { computed } from 'vue';
import { useI18n } from 'vue-i18n';
import { useRouter } from 'vue-router';
import { useSession } from '../session/useSession.ts';
import { pages } from '../shell/pages.ts';

/** Every screen one may open without saying of what: the places of the navigation first. */
export function usePlaces() {
  const { t } = useI18n();
  const router = useRouter();
  const session = useSession();
  return computed(() => {
    const seen = new Set<string>();
    const main = pages.map((page) => router.resolve({ name: page.route }).matched.at(-1));
    return [...main, ...router.getRoutes()].flatMap((route) => {
      if (route === undefined || route.name === undefined || route.path.includes(':')) return [];
      const { title, permission, isPublic, isOpen } = route.meta;
      if (isPublic === true || isOpen === true || (permission && !session.can(permission)))
        return [];
      const page = pages.find(({ route: name }) => name === route.name);
      const label = t(page?.title ?? title);
      if (seen.has(label)) return [];
      seen.add(label);
      const icon = page?.icon ?? iconOf(route.path);
      return [{ name: route.name, label, icon }];
    });
  });
}

/** The icon of the place a screen belongs to. */
function iconOf(path: string): string {
  const [, first] = path.split('/');
  return pages.find(({ route }) => route === first)?.icon ?? 'i-lucide-arrow-right';
}
