/** Signing up, confirming an address, and setting a new password; none of it signs anybody in. */
import { useMutation } from '@tanstack/vue-query';
import { computed } from 'vue';
import { problemIn, request } from '../request.ts';

export interface NewAccount {
  email: string;
  password: string;
  name: string;
  business: string;
  locale: 'en' | 'sw';
}

const post = <Output>(path: string, json: object) =>
  request<Output>(path, { method: 'POST', json, isAnonymous: true });

function useStep<Input, Output>(work: (input: Input) => Promise<Output>) {
  const { mutate, data, isPending, error } = useMutation({ mutationFn: work });
  return {
    run: (input: Input) => mutate(input),
    answer: data,
    isBusy: isPending,
    problem: computed(() => (error.value === null ? null : problemIn(error.value))),
  };
}

export const useSignUp = () =>
  useStep((account: NewAccount) => post<{ sentTo: string }>('/v1/registrations', account));
export const useVerification = () =>
  useStep((token: string) => post<{ email: string }>('/v1/registrations/verify', { token }));
export const useForgotten = () =>
  useStep((email: string) => post<{ sentTo: string }>('/v1/password-resets', { email }));
export const useReset = () =>
  useStep((change: { token: string; password: string }) =>
    post<undefined>('/v1/password-resets/complete', change).then(() => true),
  );

/** The secret behind `#` in the address; it is taken off at once, so that no history keeps it. */
export function takeSecret(): string {
  const secret = location.hash.slice(1);
  if (secret !== '') history.replaceState(history.state, '', location.pathname);
  return secret;
}
