import { useQuery } from '@tanstack/vue-query';
import { computed } from 'vue';
import type { z } from 'zod';
import type { oidcAddress } from '../../../api/auth/oidc-schema.ts';
import type { Environment } from '../../../api/meta/schema.ts';
import { request } from '../request.ts';

type Address = z.infer<typeof oidcAddress>;

const placeKey = 'daftari.afterElsewhere';

/** The other services people may sign in at, and the way there. */
export function useElsewhere() {
  const { data } = useQuery({
    queryKey: ['environment'],
    queryFn: ({ signal }) => request<Environment>('/v1/environment', { signal, isAnonymous: true }),
    staleTime: Infinity,
    retry: false,
  });
  return {
    /** Empty until they are known: the password form does not wait for them. */
    providers: computed(() => data.value?.identityProviders ?? []),
  };
}

/** Where to send the browser; `next` is where the person wants to be afterwards. */
export async function addressElsewhere(provider: string, next: string): Promise<string> {
  const { url } = await request<Address>('/v1/sessions/oidc/options', {
    method: 'POST',
    json: { provider },
    isAnonymous: true,
  });
  sessionStorage.setItem(placeKey, next);
  return url;
}

/** The place that was kept on leaving, once. */
export function keptPlace(): string | null {
  const kept = sessionStorage.getItem(placeKey);
  sessionStorage.removeItem(placeKey);
  return kept;
}
