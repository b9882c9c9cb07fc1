/**
 * Daraja writes every time as wall clock of Nairobi without an offset, in four formats. A time it
 * could not have meant is answered with undefined; the caller then uses when the message arrived.
 */
import { instantFromNairobi, nairobiText, type Instant } from '../time.ts';

/** `YYYYMMDDHHmmss` of an instant, as STK requests and their password carry it. */
export function darajaTimestamp(instant: Instant): string {
  return nairobiText(instant).replaceAll(/\D/g, '');
}

/** `YYYY-MM-DD HH:mm:ss` of an instant, as the pull query takes it. */
export function darajaPullTime(instant: Instant): string {
  return nairobiText(instant);
}

const formats: readonly { pattern: RegExp; order: readonly number[] }[] = [
  // STK, C2B, status, balance, B2B, reversal: 20261114093541, as text or as a number.
  { pattern: /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/, order: [1, 2, 3, 4, 5, 6] },
  // B2C: 14.11.2026 09:41:12.
  { pattern: /^(\d{2})\.(\d{2})\.(\d{4}) (\d{2}):(\d{2}):(\d{2})$/, order: [3, 2, 1, 4, 5, 6] },
  // Pull and Bill Manager. The Z of pull answers is decoration: the digits are Nairobi's.
  {
    pattern: /^(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2}):(\d{2})(?:\.\d{1,6})?Z?$/,
    order: [1, 2, 3, 4, 5, 6],
  },
];

/** A time in any of Daraja's formats, text or number; undefined when it names no moment. */
export function parseDarajaTime(value: unknown): Instant | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const text = String(value).trim();
  for (const { pattern, order } of formats) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = order.map((at) =>
      Number(match[at]),
    );
    return instantFromNairobi({ year, month, day, hour, minute, second });
  }
  return undefined;
}
