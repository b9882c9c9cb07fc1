/** Sentences the server says in both languages, in that of the screen. */
import { useI18n } from 'vue-i18n';

export interface Said {
  lang: 'en' | 'sw';
  text: string;
}

/** Chooses one of both; what people wrote, and what is older than its Swahili, exists once only. */
export function useSaid(): (english: string, swahili: string | null) => Said {
  const { locale } = useI18n();
  return (english, swahili) =>
    locale.value === 'sw' && swahili !== null
      ? { lang: 'sw', text: swahili }
      : { lang: 'en', text: english };
}
