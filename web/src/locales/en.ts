/** English, the language every key exists in. */
import { first } from './en-first.ts';
import { later } from './en-later.ts';

export const en = { ...first, ...later };
