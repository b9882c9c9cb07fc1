/** The few sentences the component library speaks by itself, in our two languages. */
import { defineLocale } from '@nuxt/ui/composables/defineLocale';
import { en } from '@nuxt/ui/locale';
import type { Locale } from '../format.ts';

const sw = defineLocale({
  ...en,
  name: 'Kiswahili',
  code: 'sw',
  messages: {
    ...en.messages,
    modal: { close: 'Funga' },
    slideover: { close: 'Funga' },
    toast: { close: 'Funga' },
    alert: { close: 'Funga' },
    commandPalette: {
      ...en.messages.commandPalette,
      back: 'Rudi',
      close: 'Funga',
      noMatch: 'Hakuna kinacholingana',
      noData: 'Hakuna cha kuonyesha',
      placeholder: 'Andika amri au tafuta…',
    },
  },
});

export function libraryLocale(locale: Locale): typeof en {
  return locale === 'sw' ? sw : en;
}
