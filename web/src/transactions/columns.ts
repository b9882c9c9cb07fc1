/** The columns of the transaction table, in the order they are drawn, with their share of width. */
export const columnNames = [
  'occurredAt',
  'receipt',
  'details',
  'counterparty',
  'channel',
  'category',
  'nature',
  'account',
  'confidence',
  'paidIn',
  'paidOut',
  'balance',
] as const;
export type ColumnName = (typeof columnNames)[number];

export const defaultColumns: readonly ColumnName[] = [
  'occurredAt',
  'receipt',
  'details',
  'category',
  'paidIn',
  'paidOut',
  'balance',
];

/** The least width of a column in rem, and its share of what is left over. */
const tracks: Record<ColumnName, { rem: number; share: number }> = {
  occurredAt: { rem: 11, share: 0.2 },
  receipt: { rem: 7.25, share: 0.2 },
  details: { rem: 12, share: 3 },
  counterparty: { rem: 9, share: 1.5 },
  channel: { rem: 7, share: 0.8 },
  category: { rem: 8, share: 0.8 },
  nature: { rem: 8, share: 0.8 },
  account: { rem: 8, share: 0.8 },
  confidence: { rem: 6.5, share: 0.2 },
  paidIn: { rem: 7, share: 0.5 },
  paidOut: { rem: 7, share: 0.5 },
  balance: { rem: 7.25, share: 0.5 },
};

export const numberColumns: readonly ColumnName[] = ['paidIn', 'paidOut', 'balance'];

/** Which order a header sorts by; undefined where the server cannot sort. */
export const sortFields: Partial<Record<ColumnName, 'occurredAt' | 'amountCents'>> = {
  occurredAt: 'occurredAt',
  paidIn: 'amountCents',
  paidOut: 'amountCents',
};

/** The CSS grid of the chosen columns. */
export function gridOf(columns: readonly ColumnName[]): string {
  return columns.map((name) => `minmax(${tracks[name].rem}rem, ${tracks[name].share}fr)`).join(' ');
}

/** The width below which the table scrolls sideways inside itself. */
export function leastWidthOf(columns: readonly ColumnName[]): string {
  return `${columns.reduce((total, name) => total + tracks[name].rem, 0)}rem`;
}

/** Shows or hides a column, keeping the drawing order; the last column stays. */
export function toggleColumn(columns: readonly ColumnName[], name: ColumnName): ColumnName[] {
  const next = columns.includes(name)
    ? columns.filter((one) => one !== name)
    : columnNames.filter((one) => one === name || columns.includes(one));
  return next.length === 0 ? [...columns] : next;
}
