/** Date cells of foreign CSVs: the time of day may be missing or stand in a column of its own. */

const clock = /(?:\s|T)\d{1,2}:\d{2}\S*(?: ?[AP]M)?$/i;

/** Joins a date and a time of day; a date without any counts from midnight. */
export function withClock(date: string, timeOfDay: string): string {
  const day = date.trim();
  const time = timeOfDay.trim();
  if (time !== '') return `${day.replace(clock, '')} ${time}`;
  const isSerial = /^\d{5}(?:\.\d+)?$/.test(day);
  return day === '' || isSerial || clock.test(day) ? day : `${day} 00:00:00`;
}
