/** What money was for. The rail it used is the channel; the category says the purpose. */
export const categories = [
  'sales',
  'salary',
  'transfers-in',
  'cash-in',
  'remittance',
  'refunds',
  'groceries',
  'restaurants',
  'transport',
  'fuel',
  'rent',
  'utilities',
  'airtime-data',
  'school',
  'health',
  'insurance',
  'government',
  'shopping',
  'stock',
  'betting',
  'giving',
  'transfers-out',
  'cash-out',
  'bank',
  'savings',
  'investments',
  'loans',
  'charges',
  'settlement',
  'uncategorised',
] as const;

export type Category = (typeof categories)[number];

/** What the categoriser may look at. */
export interface CategorySubject {
  purpose: string;
  channel: string;
  direction: 'in' | 'out';
  nature: string;
  counterpartyName: string | null;
  shortcode: string | null;
  details: string;
}

export interface CategoryReading {
  category: Category;
  confidence: 'certain' | 'likely' | 'low';
  /** One sentence a user can disagree with. */
  reason: string;
}
