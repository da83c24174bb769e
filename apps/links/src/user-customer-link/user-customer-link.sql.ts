import type { LookUp } from '@platform/persistence';

const columns = 'bank_id, user_customer_link_id, customer_id, user_id, date_inserted, is_active';

/** The link with the key ($1 bank, $2 link). */
export const userLinkById = {
  name: 'user_link_by_id',
  text: `select ${columns} from user_customer_link where bank_id = $1 and user_customer_link_id = $2`,
};

/** The links of a customer ($1 bank, $2 customer) after $3, $4 of them. */
export const userLinksOfCustomer = {
  name: 'user_links_of_customer',
  text: `
    select ${columns}
    from user_customer_link
    where bank_id = $1 and customer_id = $2 and user_customer_link_id > $3
    order by user_customer_link_id
    limit $4::int`,
};

/** The links of a user at a bank ($1 bank, $2 user) after $3, $4 of them. */
export const userLinksOfUser = {
  name: 'user_links_of_user',
  text: `
    select ${columns}
    from user_customer_link
    where bank_id = $1 and user_id = $2 and user_customer_link_id > $3
    order by user_customer_link_id
    limit $4::int`,
};

/** The links of a user ($1) at all banks after $2, $3 of them. */
export const userLinksOfUserAtAnyBank = {
  name: 'user_links_of_user_at_any_bank',
  text: `
    select ${columns}
    from user_customer_link
    where user_id = $1 and user_customer_link_id > $2
    order by user_customer_link_id
    limit $3::int`,
};

/**
 * The users of customers ($1 banks, $2 customers), $3 of them, in the order of the customers and then of the links,
 * after the link $4 of the first customer. No customer contributes more than $3 links, so that a customer with many
 * does not delay the query.
 */
export const usersOfCustomers: LookUp = {
  name: 'users_of_customers',
  text: (
    bank,
  ) => `select key.position::int, link.bank_id, link.customer_id, link.user_id, link.user_customer_link_id as id
    from unnest($1::text[], $2::text[]) with ordinality as key (bank_id, customer_id, position)
    cross join lateral (
      select bank_id, customer_id, user_id, user_customer_link_id from user_customer_link
      where bank_id = ${bank} and customer_id = key.customer_id and user_customer_link_id > case when key.position = 1 then $4::text else '' end
      order by user_customer_link_id limit $3::int
    ) as link
    order by key.position, link.user_customer_link_id limit $3::int`,
};
