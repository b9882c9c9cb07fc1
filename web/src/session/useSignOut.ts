import { useQueryClient } from '@tanstack/vue-query';
import { useRouter } from 'vue-router';
import { useSession } from './useSession.ts';

/** Leaves the session: the token and every row that was loaded are forgotten. */
export function useSignOut(): () => void {
  const session = useSession();
  const queries = useQueryClient();
  const router = useRouter();
  return () => {
    void session.leave();
    queries.clear();
    void router.push({ name: 'login' });
  };
}
