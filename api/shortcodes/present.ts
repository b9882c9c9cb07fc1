import type { ShortcodeCheck } from '../../db/shortcode-checks.ts';
import type { Shortcode } from '../../db/shortcodes.ts';
import { toPublicId } from '../../domain/ids.ts';

export function showShortcode({ credentialsVersion, version: _version, ...rest }: Shortcode) {
  return {
    ...rest,
    id: toPublicId('shortcode', rest.id),
    hasCredentials: credentialsVersion > 0,
  };
}

export function showCheck({ id, shortcodeId: _shortcodeId, ...rest }: ShortcodeCheck) {
  return { ...rest, id: `chk_${id.replaceAll('-', '')}` };
}
