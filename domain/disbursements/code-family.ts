/** What kind of reason stands behind the end of a payout; a handful, so that they can be counted. */
export const codeFamilies = [
  'none',
  'ours',
  'money',
  'payee',
  'initiator',
  'busy',
  'other',
] as const;
export type CodeFamily = (typeof codeFamilies)[number];

const families: Readonly<Record<string, CodeFamily>> = Object.fromEntries([
  ...['1', '2', '3', '4', '8'].map((code) => [code, 'money'] as const),
  ...['2040', 'SFC_IC0003', 'R000002'].map((code) => [code, 'payee'] as const),
  ...['11', '18', '20', '21', '22', '2001', '2006', '2028', '8006'].map(
    (code) => [code, 'initiator'] as const,
  ),
  ...['17', '26', '100000001', '100000002', '100000011'].map((code) => [code, 'busy'] as const),
]);

/** `ours` ended without a word of M-PESA: a limit, a person, a check. */
export function codeFamilyOf(end: {
  refusalCode: string | null;
  providerCode: string | null;
}): CodeFamily {
  if (end.refusalCode === null) return 'none';
  if (end.providerCode === null) return 'ours';
  return families[end.providerCode] ?? 'other';
}
