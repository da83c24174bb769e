import { refuseCustomer, send } from './answer.mjs';

const LIST = {
  name: 'attributes',
  text: 'select customer_attribute_id, name, type, value from customer_attribute where bank_id = $1 and customer_id = $2 order by customer_attribute_id',
};
const EXISTS = { name: 'exists', text: 'select 1 from customer where bank_id = $1 and customer_id = $2' };

/** A customer's attributes, oldest first. */
export async function readAttributes(attributes, bank_id, customer_id) {
  const { rows } = await attributes.query({ ...LIST, values: [bank_id, customer_id] });
  return rows;
}

/** Whether the bank has the customer. */
export async function customerExists(customers, bank_id, customer_id) {
  const { rows } = await customers.query({ ...EXISTS, values: [bank_id, customer_id] });
  return rows.length > 0;
}

/** The attributes of a customer. */
export function attributeRoutes({ customers, attributes }) {
  return [
    {
      method: 'GET',
      path: '/customers/:customer_id/attributes',
      role: 'CanGetCustomerAttributesAtOneBank',
      handler: listAttributes,
    },
  ];

  async function listAttributes(request, reply) {
    const { bank_id, customer_id } = request.params;
    const [exists, customer_attributes] = await Promise.all([
      customerExists(customers, bank_id, customer_id),
      readAttributes(attributes, bank_id, customer_id),
    ]);
    if (!exists) return refuseCustomer(reply, customer_id);
    return send(request, reply, 200, { customer_attributes });
  }
}
