import type { ShortcodeCheck } from '../../db/shortcode-checks.ts';
import type { Shortcode } from '../../db/shortcodes.ts';
import { darajaInSwahili } from '../../domain/daraja/answer-phrases.ts';
import { toPublicId } from '../../domain/ids.ts';
import { versionOf } from '../precondition.ts';

export function showShortcode(shortcode: Shortcode) {
  const { credentialsVersion, version: _version, pulledUntil: _until, ...shown } = shortcode;
  return {
    ...shown,
    id: toPublicId('shortcode', shown.id),
    hasCredentials: credentialsVersion > 0,
    version: versionOfShortcode(shortcode),
  };
}

/** Of its settings and credentials; what M-PESA answers makes no other version. */
export function versionOfShortcode(shortcode: Shortcode): string {
  const { name, storeNumber, status, validation, credentialsVersion } = shortcode;
  return versionOf({ name, storeNumber, status, validation, credentialsVersion });
}

export function showCheck({ id, shortcodeId: _shortcodeId, steps, ...rest }: ShortcodeCheck) {
  return {
    ...{ ...rest, id: `chk_${id.replaceAll('-', '')}` },
    steps: steps.map((step) => ({
      ...step,
      detailSw: step.detail === null ? null : darajaInSwahili(step.detail),
    })),
  };
}
