import type { LookUp, Statement } from '@platform/persistence';
import { category } from '../attribute-definition/attribute-definition.sql.js';
import { attributeOverhead, messageAttributes } from './customer-attribute-limits.js';
import { attributeColumns } from './customer-attribute.shape.js';

const columns = attributeColumns.map((column) => `customer_attribute.${column}`).join(', ');

/** The attribute of a bank ($1) and customer ($2) with the id $3. */
export const attributeOfCustomer: Statement = {
  name: 'attribute_of_customer',
  text: `
    select ${columns}
    from customer_attribute
    where bank_id = $1 and customer_id = $2 and customer_attribute_id = $3`,
};

/** What must be known before an attribute is written. */
export interface Surroundings {
  /** Whether the customer has the attribute. */
  readonly is_there: boolean;
  /** The type in the bank's active definition of the name, if there is one. */
  readonly defined: string | null;
  /** The bytes of the customer's other attributes. */
  readonly bytes: number;
}

/** For a bank's ($1) customer ($2), a name $3, and the id $4 of an attribute, which need not exist. */
export const surroundings: Statement = {
  name: 'attribute_surroundings',
  text: `select coalesce(bool_or(customer_attribute_id = $4), false) as is_there,
      (select type from attribute_definition where bank_id = $1 and name = $3 and category = '${category}' and is_active) as defined,
      coalesce(sum(${attributeOverhead} + octet_length(name) + octet_length(value)) filter (where customer_attribute_id <> $4), 0)::integer as bytes
    from customer_attribute where bank_id = $1 and customer_id = $2`,
};

/** The customer of the bank's ($1) attribute with the id $2. */
export const ownerOfAttribute: Statement = {
  name: 'owner_of_attribute',
  text: 'select customer_id from customer_attribute where bank_id = $1 and customer_attribute_id = $2',
};

/** A page of the attributes of a bank's ($1) customer ($2) after the id $3. */
export const attributesAfter: Statement = {
  name: 'attributes_after',
  text: `
    select ${columns}
    from customer_attribute
    where bank_id = $1 and customer_id = $2 and customer_attribute_id > $3
    order by customer_attribute_id
    limit ${messageAttributes}`,
};

/**
 * A page of the attributes of customers ($1 bank ids, $2 customer ids), customer by customer; after the id $3 of the
 * first one.
 */
export const attributesOfCustomers: LookUp = {
  name: 'attributes_of_customers',
  text: (bank) => `select key.position, attribute.*
    from unnest($1::text[], $2::text[]) with ordinality as key (bank_id, customer_id, position)
    cross join lateral (
      select ${columns} from customer_attribute
      where bank_id = ${bank} and customer_id = key.customer_id and customer_attribute_id > case key.position when 1 then $3::text else '' end
      order by customer_attribute_id limit ${messageAttributes}
    ) as attribute
    order by key.position, attribute.customer_attribute_id limit ${messageAttributes}`,
};

// The index contains only the beginning of each value.
const isPair = `customer_attribute.bank_id = $1 and customer_attribute.name = pair.name
  and left(customer_attribute.value, 100) = left(pair.value, 100) and customer_attribute.value = pair.value`;

/** The first $4 customers of a bank ($1) with an attribute of any of the pairs ($2 names, $3 values). */
export const customersOfPairs: Statement = {
  name: 'customers_of_pairs',
  text: `select distinct hit.customer_id
    from unnest($2::text[], $3::text[]) as pair (name, value)
    cross join lateral (
      select distinct customer_id from customer_attribute where ${isPair} order by customer_id limit $4::int
    ) as hit
    order by hit.customer_id limit $4::int`,
};

/**
 * The same, but only among the customers $5. Each of them is looked up, because of the inner limits, however many other
 * customers match. The statement has no name: a plan not made for these values would read all attributes of each
 * customer.
 */
export const customersOfPairsAmong: Pick<Statement, 'text'> = {
  text: `select wanted.customer_id
    from unnest($5::text[]) as wanted (customer_id)
    cross join lateral (
      select from unnest($2::text[], $3::text[]) as pair (name, value)
      cross join lateral (select from customer_attribute where ${isPair} and customer_attribute.customer_id = wanted.customer_id limit 1) as one
      limit 1
    ) as hit
    order by wanted.customer_id collate "C" limit $4::int`,
};
