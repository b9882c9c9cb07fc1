import type { ShortcodeCheck } from '../../db/shortcode-checks.ts';
import type { Shortcode } from '../../db/shortcodes.ts';
import { toPublicId } from '../../domain/ids.ts';

export function showShortcode(shortcode: Shortcode) {
  const { credentialsVersion, version: _version, pulledUntil: _until, ...shown } = shortcode;
  return {
    ...shown,
    id: toPublicId('shortcode', shown.id),
    hasCredentials: credentialsVersion > 0,
  };
}

export function showCheck({ id, shortcodeId: _shortcodeId, ...rest }: ShortcodeCheck) {
  return { ...rest, id: `chk_${id.replaceAll('-', '')}` };
}
