/** Kinds of money that wait for a person, the most urgent first. */
export const moneyMatterKinds = [
  'payout-to-approve',
  'payout-to-check',
  'return-to-decide',
  'posting-to-decide',
  'collection-unknown',
  'money-unallocated',
] as const;
export type MoneyMatterKind = (typeof moneyMatterKinds)[number];
