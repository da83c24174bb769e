import { Failure, type RequestRule, requestRules } from '@platform/messages';
import { readDateTime, readQueryDateTime } from './dates.js';
import { fail, failureText } from './obp-failure.js';

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
  const read: Read = rule.in === 'query' ? readQueryDateTime : readDateTime;
  const value = members[last];
  if (typeof value === 'string') members[last] = read(value) ?? refuse(rule, last);
  else if (Array.isArray(value)) members[last] = (value as readonly string[]).map((item, index) => read(item) ?? refuse(rule, `${last}[${index}]`));
}

const fault = 'must be a date like 2013-01-21T23:08:00Z';

function refuse({ path, in: place, shape }: RequestRule, last: string): never {
  if (place === 'query') return fail(Failure.FAILURE_INVALID_FILTER_PARAMETERS, ` <- ${failureText(Failure.FAILURE_INVALID_QUERY_DATE)}`);
  // The body itself has no name inside of it.
  const name = [...path.slice(place === 'body' ? 1 : 0, -1), last].join('.');
  if (place === 'message') return fail(Failure.FAILURE_INVALID_JSON_FORMAT, ` ${name} ${fault}.`);
  return fail(Failure.FAILURE_INVALID_JSON_FORMAT, shape === '' ? '' : ` The Json body should be the ${shape} (${name} ${fault})`);
}
