import { ref } from 'vue';
import { useRouter } from 'vue-router';
import type { Session } from '../../../api/auth/schema.ts';
import type { InvitationPreview } from '../../../api/members/schema.ts';
import { problemIn, request, type Problem } from '../request.ts';
import { useSession } from '../session/useSession.ts';

/** Looking at an invitation and accepting it, signed in or with a new account. */
export function useJoin(token: string) {
  const session = useSession();
  const router = useRouter();
  const preview = ref<InvitationPreview | null>(null);
  const problem = ref<Problem | null>(null);
  const isBusy = ref(false);

  async function attempt(work: () => Promise<void>): Promise<void> {
    isBusy.value = true;
    problem.value = null;
    await work().catch((error: unknown) => (problem.value = problemIn(error)));
    isBusy.value = false;
  }

  async function look(): Promise<void> {
    const path = '/v1/invitations/look';
    preview.value = await request(path, { method: 'POST', json: { token }, isAnonymous: true });
  }

  async function enter(person: { name: string; password: string; locale: string }): Promise<void> {
    const { name, password } = person;
    const locale = person.locale === 'sw' ? 'sw' : 'en';
    const entered = session.isSignedIn
      ? await request<Session>('/v1/invitations/accept', { method: 'POST', json: { token } })
      : await request<Session>('/v1/invitations/join', {
          method: 'POST',
          json: { token, name, password, locale },
          isAnonymous: true,
        });
    session.begin(entered);
    await router.push({ name: 'overview' });
  }

  return {
    ...{ preview, problem, isBusy },
    look: () => attempt(look),
    enter: (person: Parameters<typeof enter>[0]) => attempt(() => enter(person)),
  };
}
