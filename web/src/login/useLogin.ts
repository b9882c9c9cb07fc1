import { useMutation, useQueryClient } from '@tanstack/vue-query';
import { computed } from 'vue';
import type { Credentials, Session } from '../../../api/auth/schema.ts';
import { problemIn, request } from '../request.ts';
import { useSession } from '../session/useSession.ts';

/** Signs in and keeps the session; `problem` is the refusal or fault of the last try. */
export function useLogin(onSignedIn?: () => void) {
  const session = useSession();
  const queries = useQueryClient();
  const { mutate, isPending, error } = useMutation({
    mutationFn: (credentials: Credentials) =>
      request<Session>('/v1/sessions', { method: 'POST', json: credentials, isAnonymous: true }),
    onSuccess: (answer) => {
      if (session.tenant !== null && session.tenant.id !== answer.tenant.id) queries.clear();
      session.begin(answer);
      onSignedIn?.();
    },
  });
  return {
    submit: (credentials: Credentials) => mutate(credentials),
    isBusy: isPending,
    problem: computed(() => (error.value === null ? null : problemIn(error.value))),
  };
}
