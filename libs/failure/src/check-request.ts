import { Failure, type RequestRule, requestRules } from '@platform/messages';
import { readDateTime, readQueryDateTime } from './dates.js';
import { invalidBody } from './common.js';
import { fail, failureText } from './obp-failure.js';
import { checkText } from './text.js';

/** Reads one value. @returns it as it is carried, undefined when the rule refuses it */
type Read = (text: string) => string | undefined;

/**
 * Checks a request by the rules that the contract gives its fields, and brings its values into the form in which they are
 * carried, in place. The gateway does it for all protocols, before look-ups travel together, and each service for itself.
 * @param rpc "/obp.customers.v1.CustomerService/CreateCustomer"
 * @throws ObpFailure OBP-10001 for a body, OBP-10016 for a query, naming the field
 */
export function checkRequest(rpc: string, request: object): void {
  const rules = requestRules[rpc];
  if (rules !== undefined) for (const rule of rules) applyRule(rule, request);
}

/** How many characters the contract gives a text of a request; Infinity where it says nothing. @param path ["body", "legal_name"] */
export function mostCharacters(rpc: string, path: readonly string[]): number {
  return requestRules[rpc]?.find((rule) => rule.max_len !== undefined && rule.path.join('.') === path.join('.'))?.max_len ?? Infinity;
}

function applyRule(rule: RequestRule, request: object): void {
  const { path } = rule;
  let parent: object | null | undefined = request;
  for (const name of path.slice(0, -1)) {
    parent = (parent as Record<string, object | null | undefined>)[name];
    // A member that is absent has no members to check.
    if (parent === null || parent === undefined) return;
  }
  const last = path.at(-1) as string;
  const members = parent as Record<string, unknown>;
  const value = members[last];
  if (rule.format === undefined) return checkLimits(rule, value);
  const read: Read = rule.in === 'query' ? readQueryDateTime : readDateTime;
  if (typeof value === 'string') members[last] = read(value) ?? refuse(rule, last);
  else if (Array.isArray(value)) members[last] = (value as readonly string[]).map((item, index) => read(item) ?? refuse(rule, `${last}[${index}]`));
}

/** Texts, and lists by how many there are before how long each is. */
function checkLimits(rule: RequestRule, value: unknown): void {
  const name = nameOf(rule, rule.path.at(-1) as string);
  if (typeof value === 'string') checkText(name, value, rule.max_len);
  if (!Array.isArray(value)) return;
  if (rule.max_items !== undefined && value.length > rule.max_items) invalidBody(`${name} must not have more than ${rule.max_items} elements.`);
  if (rule.max_len !== undefined) for (const item of value as readonly string[]) checkText(name, item, rule.max_len);
}

/** What refusals call a field: the body itself has no name inside of it. */
function nameOf({ path, in: place }: RequestRule, last: string): string {
  return [...path.slice(place === 'body' ? 1 : 0, -1), last].join('.');
}

const fault = 'must be a date like 2013-01-21T23:08:00Z';

function refuse(rule: RequestRule, last: string): never {
  const { in: place, shape } = rule;
  if (place === 'query') return fail(Failure.FAILURE_INVALID_FILTER_PARAMETERS, ` <- ${failureText(Failure.FAILURE_INVALID_QUERY_DATE)}`);
  const name = nameOf(rule, last);
  if (place === 'message') return fail(Failure.FAILURE_INVALID_JSON_FORMAT, ` ${name} ${fault}.`);
  return fail(Failure.FAILURE_INVALID_JSON_FORMAT, shape === '' ? '' : ` The Json body should be the ${shape} (${name} ${fault})`);
}
