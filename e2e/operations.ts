import { expect } from '@jest/globals';
import type { Answer } from './http.js';

/** An operation with an example that succeeds. */
export interface Operation {
  readonly name: string;
  readonly verb: 'GET' | 'POST' | 'PUT';
  readonly status: number;
  /** Any one is enough; "@B" after a role: it must be held at the bank. */
  readonly roles: readonly string[];
  readonly path: (at: At) => string;
  /** A body that is accepted; absent when the operation has none. */
  readonly body?: (at: At) => Record<string, unknown>;
  readonly body_name?: string;
}

/** The ids that an example needs. */
export interface At {
  readonly bank_id: string;
  readonly customer_id: string;
  readonly customer_number: string;
}

export const newCustomer = { legal_name: 'Legal Name', mobile_phone_number: '+44 07972 444 876' };

const under =
  (suffix: string) =>
  ({ bank_id }: At) =>
    `/banks/${bank_id}${suffix}`;
const of =
  (suffix: string) =>
  ({ bank_id, customer_id }: At) =>
    `/banks/${bank_id}/customers/${customer_id}${suffix}`;
const fixed = (body: Record<string, unknown>) => () => body;
const update = (
  name: string,
  suffix: string,
  roles: string[],
  body: Record<string, unknown>,
  body_name = `Put${name.charAt(0).toUpperCase()}${name.slice(1)}JsonV310`,
): Operation => ({
  name,
  verb: 'PUT',
  status: 200,
  roles,
  path: of(`/${suffix}`),
  body: fixed(body),
  body_name,
});

/** The customers service's 17 operations. */
export const operations: readonly Operation[] = [
  {
    name: 'createCustomer',
    verb: 'POST',
    status: 201,
    roles: ['CanCreateCustomer@B', 'CanCreateCustomerAtAnyBank'],
    path: under('/customers'),
    body: fixed(newCustomer),
    body_name: 'PostCustomerJsonV310',
  },
  { name: 'getCustomerByCustomerId', verb: 'GET', status: 200, roles: ['CanGetCustomer@B'], path: of('') },
  {
    name: 'getCustomerByCustomerNumber',
    verb: 'POST',
    status: 200,
    roles: ['CanGetCustomer@B'],
    path: under('/customers/customer-number'),
    body: ({ customer_number }) => ({ customer_number }),
    body_name: 'PostCustomerNumberJsonV310',
  },
  {
    name: 'getCustomersMinimalAtAnyBank',
    verb: 'GET',
    status: 200,
    roles: ['CanGetCustomersMinimalAtAnyBank'],
    path: () => '/customers-minimal',
  },
  {
    name: 'getCustomersMinimalAtOneBank',
    verb: 'GET',
    status: 200,
    roles: ['CanGetCustomersMinimal@B'],
    path: under('/customers-minimal'),
  },
  {
    name: 'getCustomersAtAnyBank',
    verb: 'GET',
    status: 200,
    roles: ['CanGetCustomersAtAnyBank'],
    path: () => '/customers',
  },
  { name: 'getCustomersAtOneBank', verb: 'GET', status: 200, roles: ['CanGetCustomers@B'], path: under('/customers') },
  {
    name: 'getCustomersByLegalName',
    verb: 'POST',
    status: 200,
    roles: ['CanGetCustomer@B'],
    path: under('/customers/legal-name'),
    body: fixed({ legal_name: '%' }),
    body_name: 'PostCustomerLegalNameJsonV510',
  },
  {
    name: 'getCustomersByCustomerPhoneNumber',
    verb: 'POST',
    status: 201,
    roles: ['CanGetCustomer@B'],
    path: under('/search/customers/mobile-phone-number'),
    body: fixed({ mobile_phone_number: '%' }),
    body_name: 'PostCustomerPhoneNumberJsonV400',
  },
  update('updateCustomerBranch', 'branch', ['CanUpdateCustomerBranch@B', 'CanUpdateCustomerIdentity@B'], {
    branch_id: 'branch.1',
  }),
  update('updateCustomerCreditLimit', 'credit-limit', ['CanUpdateCustomerCreditLimit@B'], {
    credit_limit: { currency: 'EUR', amount: '10.10' },
  }),
  update(
    'updateCustomerCreditRatingAndSource',
    'credit-rating-and-source',
    ['CanUpdateCustomerCreditRatingAndSource@B', 'CanUpdateCustomerCreditRatingAndSourceAtAnyBank'],
    { credit_rating: 'OBP', credit_source: 'OBP source' },
  ),
  update('updateCustomerEmail', 'email', ['CanUpdateCustomerEmail@B'], { email: 'eveline@example.com' }),
  update('updateCustomerIdentity', 'identity', ['CanUpdateCustomerIdentity@B'], {
    legal_name: 'Eveline Tripman',
    date_of_birth: '1990-05-15T00:00:00Z',
    title: 'Dr.',
    name_suffix: 'Sr',
  }),
  update(
    'updateCustomerMobileNumber',
    'mobile-number',
    ['CanUpdateCustomerMobilePhoneNumber@B'],
    { mobile_phone_number: '+49 30 901820' },
    'PutUpdateCustomerMobilePhoneNumberJsonV310',
  ),
  {
    ...update('updateCustomerNumber', 'number', ['CanUpdateCustomerNumber@B'], {}),
    body: () => ({ customer_number: `N${Math.random()}` }),
  },
  update('updateCustomerData', 'data', ['CanUpdateCustomerData@B', 'CanUpdateCustomerIdentity@B'], {
    face_image: { url: 'https://example.com/face.png', date: '2024-03-05T12:14:22Z' },
    relationship_status: 'Single',
    dependants: 3,
    highest_education_attained: 'Bachelor',
    employment_status: 'Employed',
  }),
];

/** The operation of that name. */
export function operation(name: string): Operation {
  const found = operations.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no operation ${name}`);
  return found;
}

/** A role of the table with this bank filled in: "CanX@B" becomes "CanX@gh.29.uk". */
export function held(role: string, bank_id: string): string {
  return role.replace(/@B$/, `@${bank_id}`);
}

/** The text of OBP-20006 for roles of the table. */
export function missingRoles(roles: readonly string[], bank_id: string): string {
  const names = roles.map((role) => role.replace('@B', '')).join(' or ');
  return `OBP-20006: User is missing one or more roles: ${names}${roles.some((role) => role.endsWith('@B')) ? ` for BankId(${bank_id}).` : ''}`;
}

/** Every role of the table at the bank. */
export function allRoles(bank_id: string): string[] {
  return [...new Set(operations.flatMap(({ roles }) => roles.map((role) => held(role, bank_id))))];
}

export const unknownBank = (bank_id: string): string =>
  `OBP-30001: Bank not found. Please specify a valid value for BANK_ID. Current BankId is ${bank_id}`;
export const unknownCustomer = (customer_id: string): string =>
  `OBP-30046: Customer not found. Please specify a valid value for CUSTOMER_ID.. Current CustomerId(${customer_id})`;

/** Asserts a refusal in OBP's form: `{code,message}`, in this order, with the status as code. */
export function expectRefusal(answer: Answer, status: number, message: string | RegExp): void {
  expect([answer.status, answer.text]).toEqual([status, expect.stringMatching(/^\{"code":\d{3},"message":"/)]);
  expect(answer.json).toEqual({
    code: status,
    message: typeof message === 'string' ? message : expect.stringMatching(message),
  });
}
