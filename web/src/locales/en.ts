/** English, the language every key exists in. */
import { first } from './en-first.ts';
import { house } from './en/house.ts';

export const en = { ...first, ...house };
