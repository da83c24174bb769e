import { Type } from '@mikro-orm/postgresql';

/** text[] that keeps every character: quoted throughout, unlike the ORM's own lists ("NULL", spaces, line breaks). */
export class TextListType extends Type<string[], string> {
  override convertToDatabaseValue(values: string[]): string {
    return `{${values.map((value) => `"${value.replace(/["\\]/g, '\\$&')}"`).join(',')}}`;
  }

  /** The driver has already parsed it. */
  override convertToJSValue(values: string | string[]): string[] {
    if (typeof values === 'string') throw new TypeError('a text[] came unread');
    return values;
  }

  override getColumnType(): string {
    return 'text[]';
  }

  override compareAsType(): string {
    return 'string';
  }
}
