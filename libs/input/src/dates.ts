const dateTime = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.\d{1,100})?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;
const day = /^(\d{4})-(\d{2})-(\d{2})$/;

/**
 * A date in the form in which it is carried, "2013-01-21T23:08:00Z": in UTC, without its fraction of a second. Accepts
 * any date-time of RFC 3339 with a fraction of up to 100 digits, with or without blanks around it; a bare day means its
 * midnight.
 * @returns undefined when it is not a date of the calendar, or not in the years 1 to 9999 in UTC
 */
export function readDateTime(given: string): string | undefined {
  const text = given.trim();
  const parts = dateTime.exec(text);
  if (parts !== null) return isDay(parts) ? inUtc(parts) : undefined;
  const dayParts = day.exec(text);
  return dayParts !== null && isDay(dayParts) ? `${text}T00:00:00Z` : undefined;
}

/** A date in a query: like one in a body, but a bare day is not accepted. */
export function readQueryDateTime(text: string): string | undefined {
  return dateTime.test(text.trim()) ? readDateTime(text) : undefined;
}

/** `new Date` would turn 30 February into a day of March. The database has no year 0. */
function isDay(parts: RegExpExecArray): boolean {
  const [year = 0, month = 0, date = 0] = parts.slice(1).map(Number);
  return year >= 1 && month >= 1 && month <= 12 && date >= 1 && date <= daysIn(year, month);
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function inUtc([
  ,
  year = '',
  month = '',
  date = '',
  hour = '',
  minute = '',
  second = '',
  sign,
  hours = '0',
  minutes = '0',
]: RegExpExecArray): string | undefined {
  const offset = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  if (Number(hour) > 23 || Number(minute) > 59 || Number(hours) > 23 || Number(minutes) > 59) return undefined;
  if (Number(second) <= 59 && offset === 0) return `${year}-${month}-${date}T${hour}:${minute}:${second}Z`;
  const moment = new Date(0);
  moment.setUTCFullYear(Number(year), Number(month) - 1, Number(date));
  moment.setUTCHours(Number(hour), Number(minute) - offset, Math.min(Number(second), 59));
  if (Number(second) > 59) {
    // A leap second is the last second of a day in UTC. JavaScript has none, so it becomes the next
    // second.
    if (Number(second) > 60 || moment.getUTCHours() !== 23 || moment.getUTCMinutes() !== 59) return undefined;
    moment.setUTCSeconds(60);
  }
  const carried = moment.getUTCFullYear();
  return carried >= 1 && carried <= 9999 ? `${moment.toISOString().slice(0, 19)}Z` : undefined;
}
