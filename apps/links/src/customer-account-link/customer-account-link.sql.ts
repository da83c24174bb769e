import type { LookUp } from '@platform/persistence';

const columns = 'bank_id, customer_account_link_id, customer_id, account_id, relationship_type, is_agent, version';

/** The link with the key ($1 bank, $2 link). */
export const accountLinkById = {
  name: 'account_link_by_id',
  text: `
    select ${columns}
    from customer_account_link
    where bank_id = $1 and customer_account_link_id = $2`,
};

/** The links of an account ($1 bank, $2 account) after $3, $4 of them. */
export const accountLinksOfAccount = {
  name: 'account_links_of_account',
  text: `
    select ${columns}
    from customer_account_link
    where bank_id = $1 and account_id = $2 and customer_account_link_id > $3
    order by customer_account_link_id
    limit $4::int`,
};

/** The links of a customer ($1 bank, $2 customer) after $3, $4 of them. */
export const accountLinksOfCustomer = {
  name: 'account_links_of_customer',
  text: `
    select ${columns}
    from customer_account_link
    where bank_id = $1 and customer_id = $2 and customer_account_link_id > $3 and not is_agent
    order by customer_account_link_id
    limit $4::int`,
};

/**
 * The links of customers ($1 banks, $2 customers), $3 of them, in the order of the customers and then of the links,
 * after the link $4 of the first customer. No customer contributes more than $3 links, so that a customer with many
 * does not delay the query.
 */
export const accountLinksOfCustomers: LookUp = {
  name: 'account_links_of_customers',
  text: (bank) => `select key.position::int, link.*, link.customer_account_link_id as id
    from unnest($1::text[], $2::text[]) with ordinality as key (bank_id, customer_id, position)
    cross join lateral (
      select ${columns} from customer_account_link
      where bank_id = ${bank} and customer_id = key.customer_id and customer_account_link_id > case when key.position = 1 then $4::text else '' end and not is_agent
      order by customer_account_link_id limit $3::int
    ) as link
    order by key.position, link.customer_account_link_id limit $3::int`,
};

/** The account of the oldest link of an agent ($1 bank, $2 agent). */
export const accountOfAgent = {
  name: 'account_of_agent',
  text: `
    select account_id
    from customer_account_link
    where bank_id = $1 and customer_id = $2 and is_agent
    order by customer_account_link_id
    limit 1`,
};

/** Inserts the link of an agent (bank, link, agent, account) unless it is there already. */
export const insertAgentLink = `
  insert into customer_account_link (bank_id, customer_account_link_id, customer_id, account_id, relationship_type, is_agent)
  values (?, ?, ?, ?, 'Owner', true)
  on conflict do nothing
  returning 1`;
