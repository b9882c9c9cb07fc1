/** What a business sets for itself, with what holds as long as it has not. */
export type Language = 'en' | 'sw';

export interface TenantSettings {
  /** Hour of Nairobi at which its business day begins: sales after midnight may belong to yesterday. */
  businessDayStartsAtHour: number;
  /** Month (1–12) its fiscal year begins in. */
  fiscalYearStartsInMonth: number;
  /** Language of what is sent in its name. */
  language: Language;
  branding: { displayName: string | null; colour: string | null };
}

export const settingsByDefault: TenantSettings = {
  businessDayStartsAtHour: 0,
  fiscalYearStartsInMonth: 7,
  language: 'en',
  branding: { displayName: null, colour: null },
};

/** Reads stored settings; whatever is missing or malformed is as by default. */
export function settingsFrom(stored: Readonly<Record<string, unknown>>): TenantSettings {
  const { businessDayStartsAtHour: hour, fiscalYearStartsInMonth: month, language } = stored;
  return {
    businessDayStartsAtHour: isWhole(hour, 0, 23)
      ? hour
      : settingsByDefault.businessDayStartsAtHour,
    fiscalYearStartsInMonth: isWhole(month, 1, 12)
      ? month
      : settingsByDefault.fiscalYearStartsInMonth,
    language: language === 'sw' ? 'sw' : 'en',
    branding: brandingFrom(stored['branding']),
  };
}

function brandingFrom(value: unknown): TenantSettings['branding'] {
  if (typeof value !== 'object' || value === null) return settingsByDefault.branding;
  const displayName = 'displayName' in value ? value.displayName : null;
  const colour = 'colour' in value ? value.colour : null;
  return {
    displayName: typeof displayName === 'string' && displayName !== '' ? displayName : null,
    colour: typeof colour === 'string' && /^#[0-9a-f]{6}$/.test(colour) ? colour : null,
  };
}

function isWhole(value: unknown, min: number, max: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
}
