/** English, the language every key exists in. */
import { first } from './en-first.ts';
import { rareScreens } from './en/rare-screens.ts';

export const en = { ...first, ...rareScreens };
