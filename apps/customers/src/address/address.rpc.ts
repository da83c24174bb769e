import { LockMode } from '@mikro-orm/postgresql';
import { checkVersion, customerUnknown } from '@platform/failure';
import { type Implementation, messagesOf } from '@platform/grpc';
import type { AddressServiceDefinition, PostCustomerAddressJsonV310 } from '@platform/messages';
import { wireTime } from '@platform/runtime';
import type { JournaledParts } from '@platform/service';
import { v7 } from 'uuid';
import { listRecords, recordMissing } from '../customer/customer-records.js';
import { customerOfRecord } from '../customer/customer-records.sql.js';
import { AddressSchema, addressUnknown } from './address.entity.js';
import { addresses, type AddressRow, customerAddressV310 } from './address.shape.js';

/** Addresses of a customer. */
export function customerAddresses({
  journal,
  reader,
  clock,
}: Pick<JournaledParts, 'journal' | 'reader' | 'clock'>): Implementation<AddressServiceDefinition> {
  const insertion = journal.insertion(AddressSchema, { parent: customerOfRecord() });
  return {
    async createCustomerAddress({ bank_id, customer_id, body }, call) {
      const given = columnsOf(body);
      const now = wireTime(clock());
      const address = { ...given, bank_id, customer_address_id: v7(), customer_id, created_at: now, updated_at: now };
      if ((await journal.insert(insertion, address, call)) === 'orphan') customerUnknown(customer_id);
      return customerAddressV310({ ...address, version: 1 });
    },
    getCustomerAddresses: (key) =>
      messagesOf(listRecords<AddressRow>(reader, addresses, key), (rows) => ({
        addresses: rows.map(customerAddressV310),
      })),
    async updateCustomerAddress({ bank_id, customer_id, customer_address_id, body, expected_version }, call) {
      const given = columnsOf(body);
      const key = { bank_id, customer_id };
      const changed = await journal.command(call, {}, async (em) => {
        const found = await em.findOne(
          AddressSchema,
          { ...key, customer_address_id },
          { lockMode: LockMode.PESSIMISTIC_WRITE },
        );
        if (found === null) return recordMissing(em, key, addressUnknown);
        checkVersion({ expected_version }, found.version);
        return Object.assign(found, given, { updated_at: wireTime(clock()) });
      });
      return customerAddressV310(changed);
    },
    async deleteCustomerAddress({ bank_id, customer_id, customer_address_id, expected_version }, call) {
      const key = { bank_id, customer_id };
      return journal.command(call, {}, async (em) => {
        const found = await em.findOne(
          AddressSchema,
          { ...key, customer_address_id },
          { lockMode: LockMode.PESSIMISTIC_WRITE },
        );
        if (found === null) return recordMissing(em, key, addressUnknown);
        checkVersion({ expected_version }, found.version);
        em.remove(found);
        return { value: true };
      });
    },
  };
}

/** The columns of a body, and nothing that a message may carry beside them. */
function columnsOf(body: PostCustomerAddressJsonV310): PostCustomerAddressJsonV310 {
  const { line_1, line_2, line_3, city, county, state, postcode, country_code, tags, status } = body;
  return { line_1, line_2, line_3, city, county, state, postcode, country_code, tags, status };
}
