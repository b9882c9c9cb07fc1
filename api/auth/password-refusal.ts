import type { PasswordObjection } from '../../domain/auth/password-policy.ts';
import { problem, type Problem } from '../problems.ts';

const sentences: Readonly<Record<PasswordObjection, string>> = {
  'too-short': 'too-short: must have at least 12 characters',
  'too-long': 'too-long: must have at most 128 characters',
  'too-common': 'too-common: is among the first that are guessed',
  'too-simple': 'too-simple: repeats the same few characters',
  personal: 'personal: is little more than the e-mail address',
};

/** Turns an objection to a new password into a refusal of its field. */
export function refusedPassword(
  objection: PasswordObjection | undefined,
  pointer = '/password',
): Problem | undefined {
  if (objection === undefined) return undefined;
  const error = { in: 'body' as const, pointer, detail: sentences[objection] };
  return problem('validation-failed', { errors: [error] });
}
