import { Failure, type RequestRule, requestRules } from '@platform/messages';
import { readDateTime, readQueryDateTime } from './dates.js';
import { fail, failAbout, failureText, invalidBody } from '@platform/failure';
import { checkText, isId } from './text.js';

/** Reads one value. @returns it in the form in which it is carried; undefined when the rule refuses it */
type Read = (text: string) => string | undefined;

/**
 * Checks a request by the rules of its fields in the contract, and converts its values, in place, to the form in which
 * they are carried. The gateway checks every protocol, before look-ups are batched, and each service checks again.
 * @param rpc "/obp.customers.v1.CustomerService/CreateCustomer"
 * @throws ObpFailure OBP-10001 for a body, OBP-10016 for a query, naming the field; of an id that cannot be one the failure
 * that its rule names
 */
export function checkRequest(rpc: string, request: object): void {
  const rules = requestRules[rpc];
  if (rules === undefined) return;
  for (const rule of rules)
    if (rule.min_len === undefined)
      visit(rule.path, 0, request, (members, name) => applyRule(rule, members, name, request));
}

/**
 * Checks what only gRPC and Connect can leave out without saying so: texts that must not be empty there.
 * @throws ObpFailure OBP-10001 naming the field
 */
export function checkGiven(rpc: string, request: object): void {
  for (const { path, name, min_len = 0 } of requestRules[rpc] ?? [])
    if (min_len > 0)
      visit(path, 0, request, (members, last) => {
        const value = members[last];
        if (typeof value === 'string' && [...value].length < min_len)
          invalidBody(
            min_len === 1 ? `${name} must not be empty.` : `${name} must have at least ${min_len} characters.`,
          );
      });
}

/**
 * The most characters that the contract allows for a text of a request; Infinity where it sets no limit. @param name
 * "legal_name", "credit_limit.amount"
 */
export function maxCharacters(rpc: string, name: string): number {
  return requestRules[rpc]?.find((rule) => rule.max_len !== undefined && rule.name === name)?.max_len ?? Infinity;
}

/** Calls back with each object that has the last member of a path, however many lists there are on the way. */
function visit(
  path: readonly string[],
  at: number,
  from: object,
  found: (members: Record<string, unknown>, name: string) => void,
): void {
  const step = path[at] as string;
  if (step === '[]') return (from as readonly object[]).forEach((one) => visit(path, at + 1, one, found));
  const members = from as Record<string, unknown>;
  if (at === path.length - 1) return found(members, step);
  const below = members[step];
  // A member that is absent has no members to check.
  if (typeof below === 'object' && below !== null) visit(path, at + 1, below, found);
}

function applyRule(rule: RequestRule, members: Record<string, unknown>, last: string, request: object): void {
  const value = members[last];
  if (rule.required === true) return checkRequired(rule, value);
  if (rule.format !== undefined) members[last] = dated(rule, value);
  else if (rule.id !== undefined) checkId(rule, value, request);
  else if (rule.otherwise !== undefined) checkChoice(rule, value);
  else checkLimits(rule, value);
}

function checkRequired({ name }: RequestRule, value: unknown): void {
  if (value === null || value === undefined) invalidBody(`The field ${name} must be given.`);
}

function dated(rule: RequestRule, value: unknown): unknown {
  const read: Read = rule.in === 'query' ? readQueryDateTime : readDateTime;
  if (typeof value === 'string') return read(value) ?? refuse(rule);
  if (!Array.isArray(value)) return value;
  return (value as readonly string[]).map((item, index) => read(item) ?? refuse(rule, `[${index}]`));
}

function checkId({ id, id_detail }: RequestRule, value: unknown, request: object): void {
  if (typeof value === 'string' && !isId(value)) failAbout(id as Failure, request, id_detail);
}

function checkChoice({ allowed, pattern, otherwise }: RequestRule, value: unknown): void {
  if (typeof value !== 'string') return;
  if (allowed?.includes(value) === false || (pattern !== undefined && !regularExpression(pattern).test(value)))
    invalidBody(otherwise as string);
}

const regularExpressions = new Map<string, RegExp>();

/** Patterns come from the contract alone: there are as many as it has. */
function regularExpression(pattern: string): RegExp {
  const known = regularExpressions.get(pattern) ?? new RegExp(pattern, 'u');
  regularExpressions.set(pattern, known);
  return known;
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
