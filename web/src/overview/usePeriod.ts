import { computed } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { businessDateOf, instantFromEpochMs, parseBusinessDate } from '../../../domain/time.ts';
import { periodOf, presets, type Period, type Preset } from './periods.ts';

/** The period and account in the address bar, so that a link shows the same figures. */
export function usePeriod() {
  const route = useRoute();
  const router = useRouter();
  const today = businessDateOf(instantFromEpochMs(Date.now()));

  const text = (name: string): string => {
    const value = route.query[name];
    return typeof value === 'string' ? value : '';
  };
  const preset = computed<Preset>(() => presets.find((name) => name === text('period')) ?? 'month');
  const period = computed<Period>(() => {
    if (preset.value !== 'custom') return periodOf(preset.value, today);
    const month = periodOf('month', today);
    const from = parseBusinessDate(text('from')) ?? month.from;
    const to = parseBusinessDate(text('to')) ?? month.to;
    return from <= to ? { from, to } : { from: to, to: from };
  });
  const accountId = computed(() => text('accountId') || undefined);

  function choose(change: {
    preset?: Preset;
    from?: string;
    to?: string;
    accountId?: string;
  }): void {
    const next = change.preset ?? preset.value;
    const account = change.accountId ?? accountId.value ?? '';
    const custom = { from: change.from ?? period.value.from, to: change.to ?? period.value.to };
    void router.replace({
      query: {
        period: next,
        ...(next === 'custom' ? custom : {}),
        ...(account === '' ? {} : { accountId: account }),
      },
    });
  }

  return { preset, period, accountId, today, choose };
}
