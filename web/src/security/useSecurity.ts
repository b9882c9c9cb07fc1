/** Devices and second factors of the signed-in person, and everything that changes them. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed } from 'vue';
import type { IdentityList } from '../../../api/auth/identity-routes.ts';
import type { SessionList } from '../../../api/auth/schema.ts';
import type {
  AddedPasskey,
  PasskeyChallenge,
  RecoveryCodes,
  SecondFactors,
  TotpOffer,
} from '../../../api/auth/second-factor-schema.ts';
import { problemIn, request } from '../request.ts';
import { makePasskey, showPasskey } from './passkey-browser.ts';

export function useDevices() {
  const queries = useQueryClient();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['sessions'],
    queryFn: ({ signal }) => request<SessionList>('/v1/sessions', { signal }),
  });
  const end = useMutation({
    mutationFn: (id: string) => request<undefined>(`/v1/sessions/${id}`, { method: 'DELETE' }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['sessions'] }),
  });
  const endAll = useMutation({
    mutationFn: () => request<undefined>('/v1/sessions', { method: 'DELETE' }),
  });
  return {
    devices: computed(() => data.value?.data ?? []),
    problem: computed(() => (error.value === null ? null : problemIn(error.value))),
    isLoading: isPending,
    reload: () => void refetch(),
    end: end.mutate,
    endAll: endAll.mutateAsync,
  };
}

/** Services where the person signs in beside the password. */
export function useIdentities() {
  const queries = useQueryClient();
  const { data } = useQuery({
    queryKey: ['identities'],
    queryFn: ({ signal }) => request<IdentityList>('/v1/me/identities', { signal }),
  });
  const unlink = useMutation({
    mutationFn: (provider: string) => remove(`/v1/me/identities/${provider}`),
    onSettled: () => queries.invalidateQueries({ queryKey: ['identities'] }),
  });
  const { error } = unlink;
  return {
    identities: computed(() => data.value?.data ?? []),
    isBusy: unlink.isPending,
    problem: computed(() => (error.value === null ? null : problemIn(error.value))),
    unlink: (provider: string) => unlink.mutateAsync(provider).catch(() => undefined),
  };
}

export function useSecondFactors() {
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['second-factors'],
    queryFn: ({ signal }) => request<SecondFactors>('/v1/me/second-factors', { signal }),
  });
  return {
    factors: data,
    problem: computed(() => (error.value === null ? null : problemIn(error.value))),
    isLoading: isPending,
    reload: () => void refetch(),
  };
}

/** One deed with its state; afterwards the list of second factors is read again. */
function useDeed<Input, Output>(work: (input: Input) => Promise<Output>) {
  const queries = useQueryClient();
  const { mutateAsync, isPending, error, reset } = useMutation({
    mutationFn: work,
    onSuccess: () => queries.invalidateQueries({ queryKey: ['second-factors'] }),
  });
  return {
    run: (input: Input) => mutateAsync(input).catch(() => undefined),
    isBusy: isPending,
    problem: computed(() => (error.value === null ? null : problemIn(error.value))),
    reset,
  };
}

const post = <Output>(path: string, json: object) =>
  request<Output>(path, { method: 'POST', json });
const remove = (path: string) => request<undefined>(path, { method: 'DELETE' });
/** The password is only sent while there is no second factor; the server ignores it otherwise. */
const withPassword = (password: string) => (password === '' ? {} : { password });

export const useTotpOffer = () =>
  useDeed((password: string) => post<TotpOffer>('/v1/me/totp', withPassword(password)));
export const useTotpConfirm = () =>
  useDeed((code: string) => post<RecoveryCodes>('/v1/me/totp/confirm', { code }));
export const useTotpRemoval = () => useDeed(() => remove('/v1/me/totp'));
export const useRecoveryRenewal = () =>
  useDeed(() => request<RecoveryCodes>('/v1/me/recovery-codes', { method: 'POST' }));
export const usePasskeyRemoval = () =>
  useDeed((id: string) => remove(`/v1/me/passkeys/${id}`).then(() => true));

export const usePasskeyAddition = () =>
  useDeed(async ({ name, password }: { name: string; password: string }) => {
    const asked = await post<PasskeyChallenge>('/v1/me/passkeys/options', withPassword(password));
    const response = await makePasskey(asked);
    const { challengeId } = asked;
    return post<AddedPasskey>('/v1/me/passkeys', { challengeId, name, response });
  });

export const usePasswordChange = () =>
  useDeed((change: { currentPassword: string; password: string }) =>
    post<undefined>('/v1/me/password', change).then(() => true),
  );

export const useStepUpAnswer = () =>
  useDeed(async (answer: { code: string } | { password: string } | 'passkey') => {
    if (answer !== 'passkey') {
      await post<undefined>('/v1/sessions/step-up', answer);
      return true;
    }
    const asked = await request<PasskeyChallenge>('/v1/sessions/step-up/options', {
      method: 'POST',
    });
    const response = await showPasskey(asked);
    await post<undefined>('/v1/sessions/step-up', { challengeId: asked.challengeId, response });
    return true;
  });
