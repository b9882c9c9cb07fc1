import { useMutation, useQueryClient } from '@tanstack/vue-query';
import { computed, ref } from 'vue';
import type { Credentials, Session } from '../../../api/auth/schema.ts';
import type { PasskeyChallenge, SecondStep } from '../../../api/auth/second-factor-schema.ts';
import { problemIn, request } from '../request.ts';
import { addressElsewhere } from './useElsewhere.ts';
import { useSession } from '../session/useSession.ts';

type Answer = Session | SecondStep;

/** What another service put into the address it sent the browser back to. */
export interface Returned {
  state: string;
  code: string;
  iss?: string;
}

const post = <Output>(path: string, json: object) =>
  request<Output>(path, { method: 'POST', json, isAnonymous: true });

/**
 * Signs in, in one step or two, and keeps the session; `problem` is the refusal or fault of the last
 * try, `step` what is asked for after the password.
 */
export function useLogin(onSignedIn?: () => void) {
  const session = useSession();
  const queries = useQueryClient();
  const step = ref<SecondStep | null>(null);
  const { mutate, isPending, error, reset } = useMutation({
    mutationFn: (work: () => Promise<Answer | null>) => work(),
    onSuccess: (answer) => {
      // On the way to another page.
      if (answer === null) return;
      if ('methods' in answer) {
        step.value = answer;
        return;
      }
      step.value = null;
      if (session.tenant !== null && session.tenant.id !== answer.tenant.id) queries.clear();
      session.begin(answer);
      onSignedIn?.();
    },
    onError: (fault) => {
      // The first step is only good for five minutes.
      if (problemIn(fault).code === 'unauthenticated') step.value = null;
    },
  });

  async function byPasskey(): Promise<Answer> {
    const { showPasskey } = await import('../security/passkey-browser.ts');
    const pending = step.value === null ? {} : { token: step.value.token };
    const asked = await post<PasskeyChallenge>('/v1/sessions/passkey/options', pending);
    const response = await showPasskey(asked);
    const { challengeId } = asked;
    return post<Session>('/v1/sessions/passkey', { ...pending, challengeId, response });
  }

  async function leave(provider: string, next: string): Promise<null> {
    location.assign(await addressElsewhere(provider, next));
    return null;
  }

  return {
    step,
    submit: (credentials: Credentials) => mutate(() => post<Answer>('/v1/sessions', credentials)),
    submitCode: (code: string) =>
      mutate(() =>
        post<Session>('/v1/sessions/second-factor', { token: step.value?.token ?? '', code }),
      ),
    submitPasskey: () => mutate(byPasskey),
    leaveFor: (provider: string, next: string) => mutate(() => leave(provider, next)),
    submitReturn: (returned: Returned) => mutate(() => post<Answer>('/v1/sessions/oidc', returned)),
    startOver: () => {
      step.value = null;
      reset();
    },
    isBusy: isPending,
    problem: computed(() => (error.value === null ? null : problemIn(error.value))),
  };
}
