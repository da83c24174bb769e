import { fail } from '@platform/failure';
import type { Given, Implementation } from '@platform/grpc';
import {
  type Account,
  type CustomerOverviewFlatV500,
  type CustomerOverviewV500,
  type CustomerViewServiceDefinition,
  Failure,
  type GetCustomerOverviewRequest,
} from '@platform/messages';
import type { AccountLookup } from './lookup/account-lookup.js';
import type { AttributeLookup } from './lookup/attribute-lookup.js';
import type { CustomerLookup } from './lookup/customer-lookup.js';
import { overviewAccount } from './overview-account.js';

/** The account attribute that names an account's customer by its number. */
const numberAttribute = 'customer_number';

/**
 * A customer with its attributes and accounts. The accounts are those of the account links, in the order of the links,
 * then those that carry the customer's number, in the order of their ids; each account once. At most five calls for up
 * to 1,000 linked accounts, and one more for each further thousand.
 */
export function customerOverviews(
  customers: CustomerLookup,
  attributes: AttributeLookup,
  accounts: AccountLookup,
): Implementation<CustomerViewServiceDefinition> {
  const overview = async (
    { bank_id, body: { customer_number } }: Given<GetCustomerOverviewRequest>,
    correlation_id: string,
  ): Promise<CustomerOverviewV500> => {
    const [customer, carrying] = await Promise.all([
      customers.byNumber({ bank_id, customer_number }, correlation_id),
      accounts.carrying(bank_id, numberAttribute, customer_number, correlation_id),
    ]);
    if (customer === undefined) return fail(Failure.FAILURE_CUSTOMER_NOT_FOUND_BY_NUMBER);
    const [customer_attributes, linked] = await Promise.all([
      attributes.ofCustomer(customer, correlation_id),
      accounts.linkedTo(customer, correlation_id),
    ]);
    const known = new Map(carrying.map((account) => [account.account_id, account]));
    const others = await accounts.all(
      bank_id,
      linked.filter((id) => !known.has(id)),
      correlation_id,
    );
    const { version: _version, ...shown } = customer;
    return {
      ...shown,
      customer_attributes,
      accounts: inOrder(linked, [...others, ...carrying]).map(overviewAccount),
    };
  };
  return {
    getCustomerOverview: (request, { correlation_id }) => overview(request, correlation_id),
    getCustomerOverviewFlat: async (request, { correlation_id }) => flat(await overview(request, correlation_id)),
  };
}

/** The accounts with the ids in `first` come first; those that no longer exist are left out. */
function inOrder(first: readonly string[], accounts: readonly Account[]): Account[] {
  const byId = new Map(accounts.map((account) => [account.account_id, account]));
  const ids = new Set([...first, ...byId.keys()]);
  return [...ids].flatMap((id) => byId.get(id) ?? []);
}

function flat({
  bank_id,
  customer_id,
  customer_number,
  legal_name,
  mobile_phone_number,
  email,
  date_of_birth,
  title,
  branch_id,
  name_suffix,
  customer_attributes,
  accounts,
}: CustomerOverviewV500): CustomerOverviewFlatV500 {
  return {
    bank_id,
    customer_id,
    customer_number,
    legal_name,
    mobile_phone_number,
    email,
    date_of_birth,
    title,
    branch_id,
    name_suffix,
    customer_attributes,
    accounts,
  };
}
