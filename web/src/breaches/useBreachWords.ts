import { useI18n } from 'vue-i18n';
import type { BreachBody } from '../../../api/breaches/schema.ts';
import type { BreachDataKind, ClockName } from '../../../domain/breaches/clocks.ts';
import type { Instant } from '../../../domain/time.ts';
import { formatCount, formatInstant } from '../format.ts';
import { tones, type Face } from '../payments/faces.ts';
import { usePreferences } from '../session/usePreferences.ts';

type Clock = BreachBody['authorityClock'];

const looks: Record<Clock['standing'], Omit<Face, 'text'>> = {
  running: { icon: 'i-lucide-clock', tone: tones.calm },
  near: { icon: 'i-lucide-hourglass', tone: tones.waits },
  over: { icon: 'i-lucide-triangle-alert', tone: tones.bad },
  done: { icon: 'i-lucide-check', tone: tones.good },
  late: { icon: 'i-lucide-check', tone: tones.waits },
  stopped: { icon: 'i-lucide-minus', tone: tones.calm },
};

/** Breaches in words: what data, of how many, and how their clocks stand. */
export function useBreachWords() {
  const { t } = useI18n();
  const preferences = usePreferences();
  const when = (at: Instant) => formatInstant(at, preferences.chosen.locale);

  /** Of a clock, in one word each: whom it is about and how it stands. */
  function faceOf(name: ClockName, { standing }: Clock): Face {
    return { ...looks[standing], text: t(`breaches.clock.${name}.${standing}`) };
  }

  /** When it was done, or by when it has to be. */
  function timeOf({ by, doneAt }: Clock): string {
    return doneAt === null
      ? t('breaches.by', { at: when(by) })
      : t('breaches.doneAt', { at: when(doneAt), by: when(by) });
  }

  function factsOf(breach: {
    dataKinds: readonly BreachDataKind[];
    isEncrypted: boolean;
    noticedAt: Instant;
  }): string {
    const kinds = breach.dataKinds.map((kind) => t(`breaches.data.${kind}`)).join(', ');
    const isReadable = breach.isEncrypted ? 'breaches.encrypted' : 'breaches.readable';
    const noticed = t('breaches.noticedAt', { at: when(breach.noticedAt) });
    return [kinds, t(isReadable), noticed].join(' · ');
  }

  const peopleOf = (count: number | null) =>
    count === null ? t('breaches.peopleUnknown') : t('breaches.people', { n: formatCount(count) });

  return { faceOf, timeOf, factsOf, peopleOf, when };
}
