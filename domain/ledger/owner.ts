import { id, toPublicId } from '../ids.ts';
import type { AccountKind } from './terms.ts';

const uuid = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/;

/** `''` is nobody; a customer's id is a customer's, any other a shortcode's. */
export function showOwner({ kind, owner }: { kind: AccountKind; owner: string }): string | null {
  if (owner === '') return null;
  if (!uuid.test(owner)) return owner;
  return kind === 'customer'
    ? toPublicId('customer', id('customer', owner))
    : toPublicId('shortcode', id('shortcode', owner));
}
