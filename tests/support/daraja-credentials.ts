import { randomUUID } from 'node:crypto';
import type { ShortcodeCredentials } from '../../db/shortcodes.ts';
import { id } from '../../domain/ids.ts';
import { twinSecrets } from './collections.ts';

/** Credentials of one of the twin's own shortcodes, of a business of its own. */
export function someCredentials(
  differences: Partial<ShortcodeCredentials> = {},
): ShortcodeCredentials {
  return {
    ...twinSecrets,
    tenantId: id('tenant', randomUUID()),
    shortcodeId: id('shortcode', randomUUID()),
    ...{ number: '600984', kind: 'paybill', storeNumber: null },
    ...{ credentialsVersion: 1, initiatorStopCode: null },
    ...differences,
  };
}
