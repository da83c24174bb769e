import { type EntityManager, LockMode } from '@mikro-orm/postgresql';
import { customerPresence, type Customers, holdCustomer, insertRecord } from '@platform/customer-presence';
import { checkVersion, type Expectation } from '@platform/failure';
import type { Implementation } from '@platform/grpc';
import type { CustomerAttributeServiceDefinition, CustomerKey } from '@platform/messages';
import type { JournaledParts } from '@platform/service';
import { v7 } from 'uuid';
import { attributeUnknown, CustomerAttributeSchema, type StoredAttribute } from './customer-attribute.entity.js';
import { type AttributeFields, attributeFields, checkDefinedType, checkRoom } from './customer-attribute-limits.js';
import { ownerOfAttribute, type Surroundings, surroundings } from './customer-attribute.sql.js';

/** The rpcs that write attributes. */
export function customerAttributeCommands(
  { journal, reader }: Pick<JournaledParts, 'journal' | 'reader'>,
  customers: Customers,
): Implementation<CustomerAttributeServiceDefinition> {
  const insertion = journal.insertion(CustomerAttributeSchema, { parent: customerPresence });
  /** Reads what must be known before an attribute is written; all look-ups run at the same time. */
  const look = async (
    key: CustomerKey,
    name: string,
    customer_attribute_id: string,
    correlation_id: string,
  ): Promise<Surroundings> => {
    const values = [key.bank_id, key.customer_id, name, customer_attribute_id];
    const [found] = await Promise.all([
      reader.rows<Surroundings>({ ...surroundings, values }),
      customers.require(key, correlation_id),
    ]);
    return found[0] as Surroundings;
  };
  const checkFit = (fields: AttributeFields, { defined, bytes }: Surroundings): void => {
    checkDefinedType(fields, defined);
    checkRoom(fields, bytes);
  };

  /** The customer of an attribute that is given by its own id only. A deleted customer's attribute is unknown. */
  const ownerOf = async (bank_id: string, customer_attribute_id: string, correlation_id: string): Promise<string> => {
    const owners = await reader.rows<{ customer_id: string }>({
      ...ownerOfAttribute,
      values: [bank_id, customer_attribute_id],
    });
    const [owner] = await customers.existing(
      owners.map(({ customer_id }) => ({ bank_id, customer_id })),
      correlation_id,
    );
    return owner?.customer_id ?? attributeUnknown();
  };

  return {
    async createCustomerAttribute({ bank_id, customer_id, body }, call) {
      const fields = attributeFields(body);
      const key = { bank_id, customer_id };
      const customer_attribute_id = v7();
      checkFit(fields, await look(key, fields.name, customer_attribute_id, call.correlation_id));
      await insertRecord(journal, insertion, { ...key, customer_attribute_id, ...fields }, call);
      return { customer_attribute_id, ...fields, version: 1 };
    },

    async updateCustomerAttribute({ bank_id, customer_id, customer_attribute_id, body, expected_version }, call) {
      const { correlation_id } = call;
      const fields = attributeFields(body);
      const key = { bank_id, customer_id };
      const found = await look(key, fields.name, customer_attribute_id, correlation_id);
      if (found.is_there) checkFit(fields, found);
      const { version } = await journal.command(call, {}, async (em) => {
        await holdCustomer(em, key);
        return Object.assign(await locked(em, { ...key, customer_attribute_id }, { expected_version }), fields);
      });
      return { customer_attribute_id, ...fields, version };
    },

    async deleteCustomerAttribute({ bank_id, customer_attribute_id, customer_id: named, expected_version }, call) {
      const { correlation_id } = call;
      if (named !== null && named !== undefined)
        await customers.require({ bank_id, customer_id: named }, correlation_id);
      const customer_id = named ?? (await ownerOf(bank_id, customer_attribute_id, correlation_id));
      return journal.command(call, {}, async (em) => {
        em.remove(await locked(em, { bank_id, customer_attribute_id, customer_id }, { expected_version }));
        return {};
      });
    },
  };
}

interface AttributeKey extends CustomerKey {
  readonly customer_attribute_id: string;
}

/** @throws ObpFailure OBP-30069, or OBP-09412 when it has not the expected version */
async function locked(em: EntityManager, key: AttributeKey, expectation: Expectation): Promise<StoredAttribute> {
  const found = await em.findOne(CustomerAttributeSchema, key, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (found === null) return attributeUnknown();
  checkVersion(expectation, found.version);
  return found;
}
