import { refuse } from './answer.mjs';

const ROLES = [
  'CanGetCustomer',
  'CanGetCustomers',
  'CanGetCustomerAttributesAtOneBank',
  'CanGetCustomerOverview',
  'CanCreateCustomer',
  'CanCreateUserCustomerLink',
];

/** Creates the check of login, bank and role with which every route begins. There is one caller and one bank. */
export function createGuard({ token, bank_id }) {
  const identities = new Map([[token, { roles: new Set(ROLES.map((role) => `${role}@${bank_id}`)) }]]);
  const banks = new Set([bank_id]);
  return (role) => async (request, reply) => {
    const given = /token="?([\w.@-]+)/.exec(request.headers.directlogin ?? '')?.[1];
    if (given === undefined) return refuse(reply, 401, 'OBP-20001: User not logged in. Authentication is required!');
    const identity = identities.get(given);
    if (identity === undefined) return refuse(reply, 401, 'OBP-20003: Invalid or expired access token');
    const { bank_id: asked } = request.params;
    if (!banks.has(asked)) return refuse(reply, 404, `OBP-30001: Bank not found. Current BankId is ${asked}`);
    if (!identity.roles.has(`${role}@${asked}`))
      return refuse(reply, 403, `OBP-20006: User is missing one or more roles: ${role}`);
  };
}
