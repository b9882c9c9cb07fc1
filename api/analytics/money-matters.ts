/** Which money that waits a principal may hear of. */
import { moneyMatterKinds, type MoneyMatterKind } from '../../domain/ledger/attention.ts';
import type { Permission } from '../auth/permissions.ts';
import { mayDo, type Principal } from '../auth/principal.ts';

const readBy: Record<MoneyMatterKind, Permission> = {
  'payout-to-approve': 'disbursements:read',
  'payout-to-check': 'disbursements:read',
  'return-to-decide': 'disbursements:read',
  'posting-to-decide': 'ledger:read',
  'collection-unknown': 'collections:read',
  'money-unallocated': 'collections:read',
};

export function readableMatters(principal: Principal): MoneyMatterKind[] {
  return moneyMatterKinds.filter((kind) => mayDo(principal, readBy[kind]));
}
