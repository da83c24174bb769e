import { refuse, refuseCustomer, send } from './answer.mjs';
import { customerExists } from './attributes.mjs';

const USER = { name: 'user', text: 'select 1 from app_user where user_id = $1 and not is_deleted' };
// The lock makes a deletion of the customer wait until the link is stored, so that the deletion removes the link too.
const LINK = {
  name: 'link',
  text: `insert into user_customer_link (bank_id, user_customer_link_id, customer_id, user_id, date_inserted, is_active)
    select $1, uuidv7()::text, $2, $3, date_trunc('second', now()), true from customer_presence where bank_id = $1 and customer_id = $2 and not is_deleted for share
    returning user_customer_link_id, customer_id, user_id, date_inserted, is_active`,
};
const APPEAR = {
  name: 'appear',
  text: 'insert into customer_presence (bank_id, customer_id, is_deleted) values ($1, $2, false) on conflict do nothing',
};
const UNIQUE_VIOLATION = '23505';

/** A new link of a user to a customer. */
export function linkRoutes({ customers, links, directory }) {
  const id = { type: 'string', maxLength: 255 };
  const body = { type: 'object', required: ['user_id', 'customer_id'], properties: { user_id: id, customer_id: id } };
  return [
    { method: 'POST', path: '/user_customer_links', role: 'CanCreateUserCustomerLink', body, handler: createLink },
  ];

  async function createLink(request, reply) {
    const { bank_id } = request.params;
    const { user_id, customer_id } = request.body;
    const [{ rows: users }, exists] = await Promise.all([
      directory.query({ ...USER, values: [user_id] }),
      customerExists(customers, bank_id, customer_id),
    ]);
    if (users.length === 0) return refuse(reply, 404, 'OBP-20057: User not found by userId.');
    if (!exists) return refuseCustomer(reply, customer_id);
    try {
      const link = await insertLink([bank_id, customer_id, user_id]);
      return link ? send(request, reply, 201, link) : refuseCustomer(reply, customer_id);
    } catch (error) {
      if (error.code !== UNIQUE_VIOLATION) throw error;
      return refuse(reply, 400, 'OBP-30007: The User is already linked to a Customer at the bank specified by BANK_ID');
    }
  }

  /** @returns undefined once the customer is deleted */
  async function insertLink(values) {
    const insert = async () => (await links.query({ ...LINK, values })).rows[0];
    const link = await insert();
    if (link) return link;
    // This is the customer's first record in this database, unless the customer is deleted.
    await links.query({ ...APPEAR, values: values.slice(0, 2) });
    return insert();
  }
}
