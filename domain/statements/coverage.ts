/**
 * After this many days without a statement somebody is reminded: statements are mostly monthly, and
 * a month has 31 days and a few before somebody gets round to it.
 */
export const staleAfterDays = 35;
