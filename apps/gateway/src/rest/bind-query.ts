import type { DescField } from '@bufbuild/protobuf';
import { FeatureSet_FieldPresence } from '@bufbuild/protobuf/wkt';
import { ruleOf } from '@platform/endpoints';
import { fail, failureText } from '@platform/failure';
import { readQueryDateTime } from '@platform/input';
import { Failure } from '@platform/messages';

/** The contract's query parameters and how each is read, in the order in which they are checked. */
const parameters: Readonly<
  Record<string, { read: (text: string) => string | number | boolean | undefined; failure: Failure }>
> = {
  sort_direction: {
    read: (text) => (/^(asc|desc)$/i.test(text) ? text.toUpperCase() : undefined),
    failure: Failure.FAILURE_INVALID_SORT_DIRECTION,
  },
  from_date: { read: readQueryDateTime, failure: Failure.FAILURE_INVALID_QUERY_DATE },
  to_date: { read: readQueryDateTime, failure: Failure.FAILURE_INVALID_QUERY_DATE },
  limit: { read: (text) => wholeNumber(text, 1), failure: Failure.FAILURE_INVALID_LIMIT },
  offset: { read: (text) => wholeNumber(text, 0), failure: Failure.FAILURE_INVALID_OFFSET },
  is_deleted: {
    read: (text) => (/^(true|false)$/i.test(text) ? text.toLowerCase() === 'true' : undefined),
    failure: Failure.FAILURE_INVALID_IS_DELETED,
  },
};

function wholeNumber(text: string, min: number): number | undefined {
  // Any limit is accepted: a limit beyond the type's maximum returns all rows.
  const value = /^\d+$/.test(text) ? Math.min(Number(text), 2 ** 31 - 1) : -1;
  return value >= min ? value : undefined;
}

/**
 * Compiles the reader of a request's query fields. An absent parameter is null, and so is an empty one. But if another
 * parameter has a value, an empty number or date is an error. Each name is also read with hyphens.
 */
export function compileQuery(fields: readonly DescField[]): (query: URLSearchParams) => Record<string, unknown> {
  const order = Object.keys(parameters);
  const rest = fields.find((field) => ruleOf(field).otherQueryParameters);
  const known = fields.filter((field) => field !== rest).map(({ name }) => name);
  const names = known.sort((a, b) => order.indexOf(a) - order.indexOf(b));
  const required = new Set(
    fields
      .filter((field) => field !== rest && field.presence !== FeatureSet_FieldPresence.EXPLICIT)
      .map(({ name }) => name),
  );
  return (query) => {
    const plain: Record<string, unknown> = {};
    const says = [...query.values()].some((value) => value !== '');
    for (const name of names)
      plain[name] =
        readParameter(name, query.get(name) ?? query.get(name.replaceAll('_', '-')), says) ??
        (required.has(name) ? '' : null);
    if (rest !== undefined) plain[rest.name] = others(query, new Set(names));
    return plain;
  };
}

/**
 * Reads one of the contract's parameters; any other parameter is returned unchanged.
 * @param strict whether an empty value of one of the contract's parameters is an error
 * @returns undefined when it is absent or empty
 * @throws ObpFailure OBP-10016
 */
export function readParameter(
  name: string,
  text: string | null,
  strict = false,
): string | number | boolean | undefined {
  const parameter = parameters[name];
  if (text === null || (text === '' && (!strict || parameter === undefined))) return undefined;
  if (parameter === undefined) return text;
  return (
    parameter.read(text) ?? fail(Failure.FAILURE_INVALID_FILTER_PARAMETERS, ` <- ${failureText(parameter.failure)}`)
  );
}

function others(query: URLSearchParams, known: ReadonlySet<string>): { name: string; value: string }[] {
  return [...query].filter(([name]) => !known.has(name)).map(([name, value]) => ({ name, value }));
}
