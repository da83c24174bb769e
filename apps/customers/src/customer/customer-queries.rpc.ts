import { type Implementation, messagesOf } from '@platform/grpc';
import type {
  CustomerKey,
  CustomerMinimal,
  CustomerNumberKey,
  CustomerServiceDefinition,
  CustomersMinimal,
  CustomersV300,
} from '@platform/messages';
import { countRecords, type Reader, rowsOfBanks } from '@platform/persistence';
import { isId, maxCharacters, type Page, pageOf } from '@platform/input';
import { addresses } from '../address/address.shape.js';
import { socialMediaHandles } from '../social-media/social-media-handle.shape.js';
import { taxResidences } from '../tax-residence/tax-residence.shape.js';
import { choiceOf } from './customer-choice.js';
import { listAnyBank, listBank, listChosen } from './customer-list.js';
import { searchBank } from './customer-search.js';
import { customerKeys, customersById, customersByNumber, type SearchColumn } from './customer.sql.js';
import { type CustomerRow, customerV300, customerV310 } from './customer.shape.js';
import { patternOf } from './pattern.js';

/** The default limit of a search. */
const searchLimit = 500;

/** 150 customers with every text at its limit stay below the 4 MB that a gRPC client accepts. */
const messageCustomers = 150;

/** The rpc whose body limits the texts that are searched. */
const creation = '/obp.customers.v1.CustomerService/CreateCustomer';

/** The records that are deleted with a customer. */
const tables = [addresses, taxResidences, socialMediaHandles];

type ListRow = CustomerRow & { readonly sort: string };

/** The rpcs that read customers: directly from columns to messages. */
export function customerQueries(reader: Reader): Implementation<CustomerServiceDefinition> {
  const longest = {
    legal_name: maxCharacters(creation, 'legal_name'),
    mobile_phone_number: maxCharacters(creation, 'mobile_phone_number'),
  } as const;
  const search = (column: SearchColumn, bank_id: string, text: string, page: Page) => {
    const pattern = patternOf(column, text);
    // A pattern that needs more characters than the column can hold matches no customer.
    return customersOf(
      pattern.shortest > longest[column] ? noCustomers() : searchBank(reader, column, bank_id, pattern, page),
    );
  };

  return {
    getCustomersMinimalAtAnyBank: (request) => keysOf(listAnyBank(reader, 'keys', pageOf(request))),
    getCustomersMinimalAtOneBank: (request) => keysOf(listBank(reader, 'keys', request.bank_id, pageOf(request))),
    getCustomersAtAnyBank: (request) => customersOf(listAnyBank<ListRow>(reader, 'customers', pageOf(request))),
    getCustomersAtOneBank: (request) =>
      customersOf(listBank<CustomerRow>(reader, 'customers', request.bank_id, pageOf(request))),
    getCustomersByLegalName: ({ bank_id, body, ...asked }) =>
      search('legal_name', bank_id, body.legal_name, pageOf(asked, searchLimit)),
    getCustomersByCustomerPhoneNumber: ({ bank_id, body, ...asked }) =>
      search('mobile_phone_number', bank_id, body.mobile_phone_number, pageOf(asked, searchLimit)),
    async batchGetCustomers({ keys }) {
      const rows = await rowsOfBanks<CustomerKey, CustomerRow>(reader, customersById, keys, idOf);
      return { customers: rows.map(customerV310) };
    },
    async batchGetCustomersByNumber({ keys }) {
      const numberOf = ({ customer_number }: CustomerNumberKey) => customer_number;
      const rows = await rowsOfBanks<CustomerNumberKey, CustomerRow>(reader, customersByNumber, keys, numberOf);
      return { customers: rows.map(customerV310) };
    },
    async findCustomers({ keys }) {
      const ids = keys.filter(({ customer_id }) => isId(customer_id));
      return { keys: await rowsOfBanks<CustomerKey, CustomerKey>(reader, customerKeys, ids, idOf) };
    },
    findRecordsOfCustomer: async ({ key }) => ({ records: await countRecords(reader, tables, key) }),
    streamCustomers: (request) => {
      const { bank_id } = request;
      const page = pageOf(request);
      const choice = choiceOf(request);
      return customersOf(
        choice === undefined
          ? listBank<CustomerRow>(reader, 'customers', bank_id, page)
          : listChosen<CustomerRow>(reader, bank_id, choice, page),
      );
    },
  };
}

const idOf = ({ customer_id }: CustomerKey): string => customer_id;

async function* noCustomers(): AsyncGenerator<CustomerRow[]> {
  yield [];
}

function customersOf(pages: AsyncIterable<CustomerRow[]>): AsyncGenerator<CustomersV300> {
  return messagesOf(pages, (rows) => ({ customers: rows.map(customerV300) }), { most: messageCustomers });
}

function keysOf(pages: AsyncIterable<CustomerMinimal[]>): AsyncGenerator<CustomersMinimal> {
  return messagesOf(pages, (customers) => ({ customers }));
}
