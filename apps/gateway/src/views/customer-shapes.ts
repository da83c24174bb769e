import type { CustomerAttribute, CustomerV210, CustomerV310, CustomerWithAttributesV300 } from '@platform/messages';
import { dayOf } from '@platform/runtime';

/** Birthdays are days, "1990-05-15", and an unknown one is "". */
export function customerWithAttributesV300(
  { version: _version, ...customer }: CustomerV310,
  customer_attributes: CustomerAttribute[],
): CustomerWithAttributesV300 {
  return {
    ...customer,
    date_of_birth: dayOf(customer.date_of_birth),
    dob_of_dependants: customer.dob_of_dependants.map(dayOf),
    customer_attributes,
  };
}

/** The first seventeen fields. */
export function customerV210({
  title: _title,
  branch_id: _branch_id,
  name_suffix: _name_suffix,
  version: _version,
  ...customer
}: CustomerV310): CustomerV210 {
  return customer;
}
