/** Amounts as exports print them. */
import type { Cents } from '../../../domain/money.ts';

/** `150000` → `1500.00`, without separators. */
export function plainAmount(amount: Cents): string {
  const absolute = Math.abs(amount);
  const whole = `${Math.trunc(absolute / 100)}.${String(absolute % 100).padStart(2, '0')}`;
  return amount < 0 ? `-${whole}` : whole;
}
