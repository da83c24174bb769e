import { Type } from '@mikro-orm/postgresql';

/** text[] with every character kept: quoted throughout, as the ORM's own lists are not ("NULL", blanks, line breaks). */
export class TextListType extends Type<string[], string> {
  override convertToDatabaseValue(values: string[]): string {
    return `{${values.map((value) => `"${value.replace(/["\\]/g, '\\$&')}"`).join(',')}}`;
  }

  /** The driver has read it already. */
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
