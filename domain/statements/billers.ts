/**
 * Well-known pay bill numbers and names with the kind of spending they stand for. Numbers marked
 * `seen` occur in published sources; the others are from general knowledge, so a name that says
 * otherwise wins over the number.
 */
export type BillerHint =
  | 'bank'
  | 'lender'
  | 'betting'
  | 'electricity'
  | 'water'
  | 'tax'
  | 'government'
  | 'card'
  | 'overdraft'
  | 'investment'
  | 'other-network';

export interface Biller {
  shortcode: string;
  name: string;
  hint: BillerHint;
  seen: boolean;
}

const billers: readonly Biller[] = [
  { shortcode: '888880', name: 'KPLC PREPAID', hint: 'electricity', seen: true },
  { shortcode: '888888', name: 'KPLC POSTPAID', hint: 'electricity', seen: false },
  { shortcode: '444400', name: 'NAIROBI WATER', hint: 'water', seen: true },
  { shortcode: '222222', name: 'ECITIZEN', hint: 'government', seen: false },
  { shortcode: '572572', name: 'KENYA REVENUE AUTHORITY', hint: 'tax', seen: true },
  { shortcode: '903470', name: 'M-PESA GLOBALPAY', hint: 'card', seen: true },
  { shortcode: '232323', name: 'M-PESA OVERDRAW', hint: 'overdraft', seen: true },
  { shortcode: '4145555', name: 'ZIIDI MMF', hint: 'investment', seen: true },
  { shortcode: '585555', name: 'AIRTEL MONEY', hint: 'other-network', seen: true },
  { shortcode: '247247', name: 'EQUITY BANK', hint: 'bank', seen: true },
  { shortcode: '522522', name: 'KCB BANK', hint: 'bank', seen: false },
  { shortcode: '522533', name: 'LIPA NA KCB', hint: 'bank', seen: false },
  { shortcode: '400200', name: 'CO-OPERATIVE BANK', hint: 'bank', seen: false },
  { shortcode: '880100', name: 'NCBA BANK', hint: 'bank', seen: false },
  { shortcode: '303030', name: 'ABSA BANK', hint: 'bank', seen: false },
  { shortcode: '542542', name: 'I&M BANK', hint: 'bank', seen: true },
  { shortcode: '600100', name: 'STANBIC BANK', hint: 'bank', seen: false },
  { shortcode: '222111', name: 'FAMILY BANK', hint: 'bank', seen: false },
  { shortcode: '516600', name: 'DIAMOND TRUST BANK', hint: 'bank', seen: false },
  { shortcode: '300067', name: 'TIMIZA', hint: 'lender', seen: true },
  { shortcode: '851900', name: 'TALA', hint: 'lender', seen: false },
  { shortcode: '247988', name: 'BRANCH', hint: 'lender', seen: false },
];

/** Words inside a counterparty's name that settle what it is, whatever number it uses. */
const nameHints: readonly (readonly [RegExp, BillerHint])[] = [
  [/\b(?:sportpesa|betika|odibets?|mozzart|1xbet|betway|22bet|betpawa)\b/i, 'betting'],
  [/\b(?:timiza|tala|zenka|okash|hustler fund|branch international)\b/i, 'lender'],
  [/\b(?:kplc|kenya power)\b/i, 'electricity'],
  [/\bnairobi (?:city )?water\b/i, 'water'],
  [/\b(?:kra|kenya revenue)\b/i, 'tax'],
  [/\becitizen\b/i, 'government'],
  [/\b(?:equity|kcb|ncba|absa|stanbic|i&m|family|dtb|co-?op(?:erative)?) ?bank\b/i, 'bank'],
  [/\b(?:bank|stanbic|ncba)\b/i, 'bank'],
  [/\bairtel money\b/i, 'other-network'],
];

const byShortcode: ReadonlyMap<string, Biller> = new Map(
  billers.map((biller) => [biller.shortcode, biller]),
);

/** What a counterparty is likely to be, by name first and number second; undefined when unknown. */
export function billerHint(party: {
  name: string | undefined;
  shortcode: string | undefined;
}): BillerHint | undefined {
  const { name, shortcode } = party;
  const byName = name && nameHints.find(([pattern]) => pattern.test(name))?.[1];
  if (byName) return byName;
  return shortcode === undefined ? undefined : byShortcode.get(shortcode)?.hint;
}
