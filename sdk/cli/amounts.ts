/** Amounts as people type and read them; the API has integer cents. */
import { WrongCommand } from './command.ts';

/** `1500`, `1,500` and `1500.50` are shillings; answers cents. */
export function toCents(text: string): number {
  const [, shillings = '', cents = '0'] =
    /^(\d{1,3}(?:,\d{3})+|\d{1,12})(?:\.(\d{2}))?$/.exec(text) ?? [];
  if (shillings === '')
    throw new WrongCommand(`"${text}" is no amount in shillings: 1500 or 1500.50`);
  return Number(shillings.replaceAll(',', '')) * 100 + Number(cents);
}

/** `150000` is `1,500.00`; null is a dash. */
export function inShillings(cents: number | null): string {
  if (cents === null) return '–';
  const digits = String(Math.abs(cents)).padStart(3, '0');
  const whole = digits.slice(0, -2).replaceAll(/\B(?=(\d{3})+$)/g, ',');
  return `${cents < 0 ? '-' : ''}${whole}.${digits.slice(-2)}`;
}
