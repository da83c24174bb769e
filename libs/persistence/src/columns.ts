import { Type } from '@mikro-orm/postgresql';

/**
 * timestamptz carried as "2013-01-21T23:08:00Z". Time is cut to the second only here, when it enters a column, because
 * the wire format has no fractions.
 */
export class SecondsType extends Type<string | null, string | null> {
  override convertToDatabaseValue(value: string | null): string | null {
    return value === null ? null : `${value.slice(0, 19)}Z`;
  }

  override convertToJSValue(value: string | Date | null): string | null {
    if (value === null) return null;
    return value instanceof Date ? `${value.toISOString().slice(0, 19)}Z` : secondsText(value);
  }

  override getColumnType(): string {
    return 'timestamptz(0)';
  }
}

/** timestamptz[] carried as a list of "2013-01-21T23:08:00Z", cut to the second like SecondsType. */
export class SecondsListType extends Type<string[], string> {
  override convertToDatabaseValue(values: string[]): string {
    return `{${values.map((value) => `"${value.slice(0, 19)}Z"`).join(',')}}`;
  }

  override convertToJSValue(value: string | string[]): string[] {
    return typeof value === 'string' ? secondsList(value) : value.map(secondsText);
  }

  override getColumnType(): string {
    return 'timestamptz(0)[]';
  }

  override compareAsType(): string {
    return 'string';
  }
}

/**
 * PostgreSQL's text of a timestamptz in UTC ("2013-01-21 23:08:00+00") in the wire format.
 * @throws Error for a text in another time zone or style: no date is better than a wrong one
 */
export function secondsText(text: string): string {
  if (!text.endsWith('+00')) throw new Error('A session of the database does not write times in UTC and ISO.');
  return `${text.slice(0, 10)}T${text.slice(11, 19)}Z`;
}

/** PostgreSQL's text of a timestamptz[] without nulls, `{"2013-01-21 23:08:00+00",…}`, in the wire format. */
export function secondsList(text: string): string[] {
  return text === '{}' ? [] : text.slice(2, -2).split('","').map(secondsText);
}
