import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { ruleOf } from '@platform/endpoints';

/** Shows a message as in an older version of the API: under "v5.1.0" it has no members that were added in "v6.0.0". */
export type AsOf = (message: object, version: string) => object;

type Plain = Record<string, unknown>;

/** @returns undefined when the message is the same in every version */
export function compileAsOf(message: DescMessage, above: readonly DescMessage[] = []): AsOf | undefined {
  // No message that contains itself differs between versions in this contract.
  if (above.includes(message)) return undefined;
  const newer = message.fields
    .map((field) => ({ name: field.name, since: ruleOf(field).since }))
    .filter(({ since }) => since !== '');
  const within = message.fields.flatMap((field) => {
    const inner = messageIn(field);
    const asOf = inner === undefined ? undefined : compileAsOf(inner, [...above, message]);
    return asOf === undefined ? [] : [{ name: field.name, asOf }];
  });
  if (newer.length === 0 && within.length === 0) return undefined;
  return (value, version) => {
    const hidden = newer.filter(({ since }) => isBefore(version, since)).map(({ name }) => name);
    const shown: Plain = Object.fromEntries(Object.entries(value).filter(([name]) => !hidden.includes(name)));
    for (const { name, asOf } of within) shown[name] = each(shown[name], (one) => asOf(one, version));
    return shown;
  };
}

function messageIn(field: DescField): DescMessage | undefined {
  return field.fieldKind === 'message' || field.fieldKind === 'list' ? field.message : undefined;
}

function each(value: unknown, change: (one: object) => object): unknown {
  if (Array.isArray(value)) return value.map((one: object) => change(one));
  return typeof value === 'object' && value !== null ? change(value) : value;
}

/** Whether the version prefix "v5.1.0" is older than another. */
function isBefore(version: string, other: string): boolean {
  return version.localeCompare(other, 'en', { numeric: true }) < 0;
}
