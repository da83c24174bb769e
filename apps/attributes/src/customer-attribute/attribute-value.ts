/** The types that the contract lets an attribute have. */
export type AttributeType = 'STRING' | 'INTEGER' | 'DOUBLE' | 'DATE_WITH_DAY';

/** The form of each type's values, as error messages describe it. */
const expected: Readonly<Record<AttributeType, string>> = {
  STRING: 'a text',
  INTEGER: 'an integer like 123',
  DOUBLE: 'a finite decimal number like 12.1234',
  DATE_WITH_DAY: 'a day of the calendar like 2012-04-23',
};

const fits: Readonly<Record<AttributeType, (value: string) => boolean>> = {
  STRING: () => true,
  INTEGER: (value) => /^[+-]?\d+$/.test(value),
  DOUBLE: (value) => /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(value) && Number.isFinite(Number(value)),
  DATE_WITH_DAY: isDay,
};

/** The expected form of the value, or undefined when it matches the type. */
export function expectedInstead(type: AttributeType, value: string): string | undefined {
  return fits[type](value) ? undefined : expected[type];
}

/** A `Date` turns 30 February into a day in March, so the text must survive the conversion. There is no year 0. */
function isDay(value: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(value) || value.startsWith('0000')) return false;
  const time = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(value);
}
