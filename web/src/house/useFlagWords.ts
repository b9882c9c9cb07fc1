import { useI18n } from 'vue-i18n';
import type { HouseFlag } from '../../../api/flags/schema.ts';
import type { FlagPhase } from '../../../domain/flags/lifecycle.ts';
import type { Instant } from '../../../domain/time.ts';
import { formatCount, formatInstant } from '../format.ts';
import { tones, type Face } from '../payments/faces.ts';
import { usePreferences } from '../session/usePreferences.ts';
import type { FlagDraft } from './useHouseFlags.ts';

/** Flags of the house in words: whether they are on, how far they reach, and where in their life. */
export function useFlagWords() {
  const { t } = useI18n();
  const preferences = usePreferences();
  const when = (at: Instant) => formatInstant(at, preferences.chosen.locale);

  /** One that is a draft or archived says so; whether it is switched on does not count there. */
  function faceOf({ isOn, phase }: { isOn: boolean; phase: FlagPhase }): Face {
    if (phase === 'draft') {
      return { text: t('houseFlags.phases.draft'), icon: 'i-lucide-pencil', tone: tones.waits };
    }
    if (phase === 'archived') {
      return { text: t('houseFlags.phases.archived'), icon: 'i-lucide-eye-off', tone: tones.calm };
    }
    return isOn
      ? { text: t('houseFlags.on'), icon: 'i-lucide-check', tone: tones.good }
      : { text: t('houseFlags.off'), icon: 'i-lucide-minus', tone: tones.calm };
  }

  function constraintsOf({ languages, ageDaysMin, ageDaysBelow, lists, needs }: FlagDraft) {
    return [
      ...languages.map((language) => t(`houseFlags.language.${language}`)),
      ...(ageDaysMin === null ? [] : [t('houseFlags.from', { n: formatCount(ageDaysMin) })]),
      ...(ageDaysBelow === null ? [] : [t('houseFlags.below', { n: formatCount(ageDaysBelow) })]),
      ...(lists.length === 0 ? [] : [t('houseFlags.ofLists', { names: lists.join(', ') })]),
      ...(needs.length === 0 ? [] : [t('houseFlags.with', { names: needs.join(', ') })]),
    ];
  }

  /** How far it is rolled out. */
  function reachOf(one: FlagDraft): string {
    const names = one.plans.map((plan) => t(`plan.names.${plan}`)).join(', ');
    const picked = t('houseFlags.picked', { n: formatCount(one.tenants.length) });
    return [
      t('houseFlags.share', { n: formatCount(one.rolloutPercent) }),
      names === '' ? t('houseFlags.everyPlan') : names,
      ...constraintsOf(one),
      ...(one.tenants.length === 0 ? [] : [picked]),
      ...(one.isTenantsChoice ? [t('houseFlags.theirChoice')] : []),
    ].join(' · ');
  }

  /** When it was changed and asked about. */
  function timesOf({ changedAt, evaluatedAt }: HouseFlag): string {
    const asked =
      evaluatedAt === null
        ? t('houseFlags.neverAsked')
        : t('houseFlags.askedAt', { at: when(evaluatedAt) });
    return [t('houseFlags.changedAt', { at: when(changedAt) }), asked].join(' · ');
  }

  return { faceOf, reachOf, timesOf, when };
}
