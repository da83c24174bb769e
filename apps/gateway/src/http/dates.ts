const dateTime = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.\d{3})?Z$/;
const day = /^(\d{4})-(\d{2})-(\d{2})$/;

/**
 * A body's date as it is carried: "2013-01-21T23:08:00Z". Milliseconds are dropped; a day is its midnight.
 * @returns undefined when it is no date of the calendar
 */
export function readDateTime(text: string): string | undefined {
  const parts = dateTime.exec(text);
  if (parts !== null) return isReal(parts) ? `${text.slice(0, 19)}Z` : undefined;
  const dayParts = day.exec(text);
  return dayParts !== null && isReal(dayParts) ? `${text}T00:00:00Z` : undefined;
}

/** A query's date: like a body's, but never a bare day. */
export function readQueryDateTime(text: string): string | undefined {
  return dateTime.test(text) ? readDateTime(text) : undefined;
}

/** `new Date` would roll 30 February over into March. The database knows no year 0. */
function isReal(parts: RegExpExecArray): boolean {
  const [year = 0, month = 0, date = 0, hour = 0, minute = 0, second = 0] = parts.slice(1).map(Number);
  return year >= 1 && month >= 1 && month <= 12 && date >= 1 && date <= daysIn(year, month) && hour <= 23 && minute <= 59 && second <= 59;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}
