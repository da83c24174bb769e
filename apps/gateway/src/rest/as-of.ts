import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { ruleOf } from '@platform/endpoints';

/**
 * Shows a message as JSON under a version of the API: without members that only gRPC has; and under "v5.1.0" without those
 * that were added in "v6.0.0".
 */
export type AsOf = (message: object, version: string) => object;

type Plain = Record<string, unknown>;

/** @returns undefined when every version shows the whole message */
export function compileAsOf(message: DescMessage, above: readonly DescMessage[] = []): AsOf | undefined {
  // No message that contains itself differs between versions in this contract.
  if (above.includes(message)) return undefined;
  const rules = message.fields.map((field) => ({ name: field.name, rule: ruleOf(field) }));
  const absent = rules.filter(({ rule }) => rule.rpcOnly).map(({ name }) => name);
  const newer = rules.map(({ name, rule: { since } }) => ({ name, since })).filter(({ since }) => since !== '');
  const within = message.fields.flatMap((field) => {
    const inner = messageIn(field);
    const asOf = inner === undefined ? undefined : compileAsOf(inner, [...above, message]);
    return asOf === undefined ? [] : [{ name: field.name, asOf }];
  });
  if (absent.length === 0 && newer.length === 0 && within.length === 0) return undefined;
  return (value, version) => {
    const shown: Plain = { ...value };
    // JSON has no undefined members.
    for (const name of absent) shown[name] = undefined;
    for (const { name, since } of newer) if (isBefore(version, since)) shown[name] = undefined;
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
