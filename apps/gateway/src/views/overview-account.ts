import type { Account, AccountAttribute, OverviewAccount, OverviewContract } from '@platform/messages';

/** The members of a contract that come from account attributes with these names, in this order. */
const contractMembers = [
  'product_description',
  'issuance_amount',
  'interest_rate',
  'term',
  'form_of_payment',
  'interest_amount',
  'branch_code',
  'payment_method',
  'opening_date',
  'maturity_date',
  'renewal_date',
  'cancellation_date',
  'instrument_status_code',
  'instrument_status_definition',
  'is_substituted',
] as const satisfies readonly (keyof OverviewContract)[];

type ContractMember = (typeof contractMembers)[number];

/** An account as an overview shows it. A contract's code is its attribute's product_instance_code. */
export function overviewAccount({
  account_id,
  label,
  product_code,
  balance,
  branch_id,
  account_routings,
  account_attributes,
}: Account): OverviewAccount {
  return {
    account_id,
    label,
    product_code,
    balance: { currency: balance?.currency ?? '', amount: balance?.amount ?? '' },
    branch_id,
    contracts: contractsOf(account_attributes),
    account_routings: account_routings.map(({ scheme, address }) => ({ scheme, address })),
    account_attributes: account_attributes.map(
      ({ product_instance_code, product_code, account_attribute_id, name, type, value }) => ({
        contract_code: product_instance_code,
        product_code,
        account_attribute_id,
        name,
        type,
        value,
      }),
    ),
  };
}

/** One contract for each code that is not blank, in the order in which the codes first appear. */
function contractsOf(attributes: readonly AccountAttribute[]): OverviewContract[] {
  const products = new Map<string, string>();
  for (const { product_instance_code, product_code } of attributes) {
    if (product_instance_code.trim() !== '' && !products.has(product_instance_code))
      products.set(product_instance_code, product_code);
  }
  const members = membersOf(attributes);
  return [...products].map(([contract_code, product_code]) => ({ product_code, contract_code, ...members }));
}

/** The first attribute with each name, of any contract; names that the account does not have are left out. */
function membersOf(attributes: readonly AccountAttribute[]): Partial<Record<ContractMember, string>> {
  const first = new Map<string, string>();
  for (const { name, value } of attributes) if (!first.has(name)) first.set(name, value);
  return Object.fromEntries(
    contractMembers.flatMap((member) => (first.has(member) ? [[member, first.get(member)]] : [])),
  );
}
