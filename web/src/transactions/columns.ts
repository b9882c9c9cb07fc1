/** The columns of the transaction table, in the order they are drawn, with their share of width. */
export const columnNames = [
  'occurredAt',
  'receipt',
  'details',
  'counterparty',
  'channel',
  'category',
  'tags',
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
  occurredAt: { rem: 10.5, share: 0.2 },
  receipt: { rem: 7.25, share: 0.2 },
  details: { rem: 10.5, share: 3 },
  counterparty: { rem: 9, share: 1.5 },
  channel: { rem: 7, share: 0.8 },
  category: { rem: 8, share: 0.8 },
  tags: { rem: 8, share: 0.8 },
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

/** Chosen widths in pixels; a column without one shares what the others leave over. */
export type Widths = Partial<Record<ColumnName, number>>;

export const columnMinPx = 64;
export const columnMaxPx = 960;

/** A width within what can be read and what can be reached. */
export function boundedWidth(widthPx: number): number {
  return Math.min(columnMaxPx, Math.max(columnMinPx, Math.round(widthPx)));
}

/** Saved widths, read back without trusting them. */
export function parseWidths(saved: unknown): Widths {
  if (typeof saved !== 'object' || saved === null) return {};
  const found = new Map<string, unknown>(Object.entries(saved));
  const known = columnNames.flatMap((name) => {
    const widthPx = found.get(name);
    return typeof widthPx === 'number' && Number.isFinite(widthPx)
      ? [[name, boundedWidth(widthPx)] as const]
      : [];
  });
  return Object.fromEntries(known);
}

/** The CSS grid of the chosen columns. */
export function gridOf(columns: readonly ColumnName[], widths: Widths = {}): string {
  return columns
    .map((name) => {
      const { rem, share } = tracks[name];
      const widthPx = widths[name];
      return widthPx === undefined ? `minmax(${rem}rem, ${share}fr)` : `${widthPx}px`;
    })
    .join(' ');
}

/** The width below which the table scrolls sideways inside itself. */
export function leastWidthOf(columns: readonly ColumnName[], widths: Widths = {}): string {
  const shared = columns.filter((name) => widths[name] === undefined);
  const rem = shared.reduce((total, name) => total + tracks[name].rem, 0);
  const chosenPx = columns.reduce((total, name) => total + (widths[name] ?? 0), 0);
  return chosenPx === 0 ? `${rem}rem` : `calc(${rem}rem + ${chosenPx}px)`;
}

/** Shows or hides a column, keeping the drawing order; the last column stays. */
export function toggleColumn(columns: readonly ColumnName[], name: ColumnName): ColumnName[] {
  const next = columns.includes(name)
    ? columns.filter((one) => one !== name)
    : columnNames.filter((one) => one === name || columns.includes(one));
  return next.length === 0 ? [...columns] : next;
}
