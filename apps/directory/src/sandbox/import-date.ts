const dateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/;
const day = /^\d{4}-\d\d-\d\d$/;

/**
 * A date of an import as it is carried: "2013-01-21T23:08:00Z". Milliseconds are dropped; a day is its midnight.
 * @returns undefined when it is no date of the calendar
 */
export function importDate(text: string): string | undefined {
  const moment = day.test(text) ? `${text}T00:00:00Z` : text;
  // The database knows no year 0.
  if (!dateTime.test(moment) || moment.startsWith('0000')) return undefined;
  const date = `${moment.slice(0, 19)}Z`;
  const parsed = new Date(date);
  // 30 February would be rolled over into March.
  return Number.isNaN(parsed.getTime()) || parsed.toISOString().slice(0, 19) !== date.slice(0, 19) ? undefined : date;
}

/** What a text that is no date is refused with. */
export const noDate = "must be a date like 2013-01-21T23:08:00Z, with or without milliseconds.";
