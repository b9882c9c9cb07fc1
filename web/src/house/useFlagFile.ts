import { useMutation } from '@tanstack/vue-query';
import { computed } from 'vue';
import type { FlagImport } from '../../../api/flags/schema.ts';
import { download } from '../download.ts';
import { useDeed } from '../payments/useDeed.ts';
import { problemIn, request } from '../request.ts';

type Environment = FlagImport['environment'];

/** What is sent of a file: whatever it holds, for the server to judge. */
interface FileWish {
  environment: Environment;
  file: unknown;
}

/** Flags of an environment as a file, comparing one, and asking for what differs. */
export function useFlagFile() {
  const taking = useMutation({
    mutationFn: (environment: Environment) =>
      download('/v1/platform/flag-file', `flags-${environment}.json`, { query: { environment } }),
  });
  const comparing = useMutation({
    mutationFn: async ({ environment, text }: { environment: Environment; text: string }) => {
      const wish: FileWish = { environment, file: JSON.parse(text) };
      const seen = await request<FlagImport>('/v1/platform/flag-imports', {
        ...{ method: 'POST', json: wish },
      });
      return { seen, wish };
    },
  });
  const asking = useDeed<FlagImport>(['flag-requests']);
  const problem = computed(() => {
    const fault = comparing.error.value ?? taking.error.value;
    if (fault === null) return asking.problem.value;
    return fault instanceof SyntaxError ? null : problemIn(fault);
  });

  /** Resolves to whether a request was made of what was compared last. */
  async function ask(reason: string): Promise<boolean> {
    const wish = comparing.data.value?.wish;
    if (wish === undefined) return false;
    const json = { ...wish, reason, isDryRun: false };
    const done = await asking.perform('/v1/platform/flag-imports', json);
    if (done === undefined) return false;
    comparing.reset();
    return true;
  }

  function forget(): void {
    comparing.reset();
    taking.reset();
    asking.forget();
  }

  return {
    takeOut: (environment: Environment) => taking.mutate(environment),
    compare: (environment: Environment, text: string) => comparing.mutate({ environment, text }),
    seen: computed(() => comparing.data.value?.seen ?? null),
    ...{ ask, forget, problem },
    /** What was chosen is no JSON at all; nothing was sent. */
    isUnreadable: computed(() => comparing.error.value instanceof SyntaxError),
    isBusy: computed(
      () => taking.isPending.value || comparing.isPending.value || asking.isBusy.value,
    ),
  };
}
