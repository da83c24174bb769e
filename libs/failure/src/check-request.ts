import { Failure, type RequestRule, requestRules } from '@platform/messages';
import { readDateTime, readQueryDateTime } from './dates.js';
import { invalidBody } from './common.js';
import { fail, failureText } from './obp-failure.js';
import { checkText } from './text.js';

/** Reads one value. @returns it in the form in which it is carried; undefined when the rule refuses it */
type Read = (text: string) => string | undefined;

/**
 * Checks a request by the rules of its fields in the contract, and converts its values, in place, to the form in which
 * they are carried. The gateway checks every protocol, before look-ups are batched, and each service checks again.
 * @param rpc "/obp.customers.v1.CustomerService/CreateCustomer"
 * @throws ObpFailure OBP-10001 for a body, OBP-10016 for a query, naming the field
 */
export function checkRequest(rpc: string, request: object): void {
  const rules = requestRules[rpc];
  if (rules !== undefined) for (const rule of rules) applyRule(rule, request);
}

/**
 * The most characters that the contract allows for a text of a request; Infinity where it sets no limit. @param name
 * "legal_name", "credit_limit.amount"
 */
export function maxCharacters(rpc: string, name: string): number {
  return requestRules[rpc]?.find((rule) => rule.max_len !== undefined && rule.name === name)?.max_len ?? Infinity;
}

function applyRule(rule: RequestRule, request: object): void {
  const { path } = rule;
  let parent: object | null | undefined = request;
  for (const name of path.slice(0, -1)) {
    parent = (parent as Record<string, object | null | undefined>)[name];
    // An absent member has no members to check.
    if (parent === null || parent === undefined) return;
  }
  const last = path.at(-1) as string;
  const members = parent as Record<string, unknown>;
  const value = members[last];
  if (rule.format === undefined) return checkLimits(rule, value);
  const read: Read = rule.in === 'query' ? readQueryDateTime : readDateTime;
  if (typeof value === 'string') members[last] = read(value) ?? refuse(rule);
  else if (Array.isArray(value))
    members[last] = (value as readonly string[]).map((item, index) => read(item) ?? refuse(rule, `[${index}]`));
}

/** Checks texts, and lists: first their number of items, then the length of each. */
function checkLimits({ name, max_len, max_items }: RequestRule, value: unknown): void {
  if (typeof value === 'string') checkText(name, value, max_len);
  if (!Array.isArray(value)) return;
  if (max_items !== undefined && value.length > max_items)
    invalidBody(`${name} must not have more than ${max_items} elements.`);
  if (max_len !== undefined) for (const item of value as readonly string[]) checkText(name, item, max_len);
}

const fault = 'must be a date like 2013-01-21T23:08:00Z';

function refuse({ name: field, in: place, shape }: RequestRule, index = ''): never {
  if (place === 'query')
    return fail(Failure.FAILURE_INVALID_FILTER_PARAMETERS, ` <- ${failureText(Failure.FAILURE_INVALID_QUERY_DATE)}`);
  const name = `${field}${index}`;
  if (place === 'message') return fail(Failure.FAILURE_INVALID_JSON_FORMAT, ` ${name} ${fault}.`);
  return fail(
    Failure.FAILURE_INVALID_JSON_FORMAT,
    shape === '' ? '' : ` The Json body should be the ${shape} (${name} ${fault})`,
  );
}
