import { Type } from '@mikro-orm/postgresql';
import { fail } from '@platform/failure';
import { Failure } from '@platform/messages';

/**
 * timestamptz carried as "2013-01-21T23:08:00Z". Time is cut to the second here, when it enters a column, and
 * nowhere else: that is what the wire can say.
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

/** PostgreSQL's text of a timestamptz in UTC ("2013-01-21 23:08:00+00") as the wire has it. */
export function secondsText(text: string): string {
  return `${text.slice(0, 10)}T${text.slice(11, 19)}Z`;
}

/** PostgreSQL's text of a timestamptz[] without nulls, `{"2013-01-21 23:08:00+00",…}`, as the wire has it. */
export function secondsList(text: string): string[] {
  return text === '{}' ? [] : text.slice(2, -2).split('","').map(secondsText);
}

/** Whether a text can be the id of a record. Any other is the id of none: not found, never a fault. */
export function isId(text: string): boolean {
  return /^[A-Za-z0-9\-._]{1,255}$/.test(text);
}

/** Characters each column takes, by the field's name on the wire. */
export type TextLimits = Readonly<Record<string, number>>;

/**
 * Checks the texts of a body against their columns, nested objects by "outer.inner". The gateway has refused wrong
 * types before; this also meets what comes by gRPC alone.
 * @throws ObpFailure OBP-10001 naming the field and the limit
 */
export function checkTexts(values: object, limits: TextLimits, prefix = ''): void {
  for (const [key, value] of Object.entries(values) as [string, unknown][]) {
    if (value === null || value === undefined) continue;
    if (typeof value === 'object' && !Array.isArray(value)) checkTexts(value, limits, `${prefix}${key}.`);
    else if (typeof value === 'string') checkText(`${prefix}${key}`, value, limits[`${prefix}${key}`]);
  }
}

/** Checks one text. Without a limit only its characters are checked. */
export function checkText(name: string, value: string, limit: number | undefined): void {
  if (value.includes('\0')) fail(Failure.FAILURE_INVALID_JSON_FORMAT, ` ${name} must not contain the NUL character.`);
  // A character outside the basic plane is one character to the database and two to JavaScript.
  if (limit !== undefined && value.length > limit && [...value].length > limit) {
    fail(Failure.FAILURE_INVALID_JSON_FORMAT, ` ${name} must not be longer than ${limit} characters.`);
  }
}
