/** Date cells of foreign CSVs: the time of day may be missing or stand in a column of its own. */

const clock = /(?:\s|T)\d{1,2}:\d{2}\S*(?: ?[AP]M)?$/i;

const shortYear =
  /^(?<before>\d{1,2}(?<mark>[-/.])\d{1,2}\k<mark>|\d{1,2}[- /][A-Za-z]{3,9}[- /])(?<year>\d{2})(?!\d)/;

/** Whether a date prints two digits of its year, as wallets and spreadsheets do: `14-11-26`. */
export function hasShortYear(date: string): boolean {
  return shortYear.test(date.trim());
}

/** Joins a date and a time of day; a date without any counts from midnight, a year of two digits from 2000. */
export function withClock(date: string, timeOfDay: string): string {
  const day = date.trim().replace(shortYear, '$<before>20$<year>');
  const time = timeOfDay.trim();
  if (time !== '') return `${day.replace(clock, '')} ${time}`;
  const isSerial = /^\d{5}(?:\.\d+)?$/.test(day);
  return day === '' || isSerial || clock.test(day) ? day : `${day} 00:00:00`;
}
