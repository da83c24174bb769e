import type {
  Account,
  AccountAttribute,
  CustomerAttribute,
  CustomerKey,
  CustomerV310,
  UserWithAttributes,
} from '@platform/messages';

/** A customer in which every field has a different value. */
export function aCustomer(customer_id: string, more: Partial<CustomerV310> = {}): CustomerV310 {
  return {
    bank_id: 'a',
    customer_id,
    customer_number: `n-${customer_id}`,
    legal_name: 'Eveline Tripman',
    mobile_phone_number: '+44 07972 444 876',
    email: 'e@example.com',
    face_image: { url: 'http://example.com/e.png', date: null },
    date_of_birth: '1990-05-15T10:30:00Z',
    relationship_status: 'single',
    dependants: 1,
    dob_of_dependants: ['2013-01-21T23:08:00Z'],
    credit_rating: { rating: 'OBP', source: 'OBP' },
    credit_limit: { currency: 'EUR', amount: '10' },
    highest_education_attained: 'Master',
    employment_status: 'worker',
    kyc_status: true,
    last_ok_date: null,
    title: 'Dr.',
    branch_id: 'b-1',
    name_suffix: 'Sr',
    version: 1,
    ...more,
  };
}

/** Parts of the JSON of `aCustomer`, in the contract's order: fields 2 to 5, and so on. */
export const json = {
  upToImage: (id: string) =>
    `{"bank_id":"a","customer_id":"${id}","customer_number":"n-${id}","legal_name":"Eveline Tripman","mobile_phone_number":"+44 07972 444 876","email":"e@example.com","face_image":{"url":"http://example.com/e.png","date":null},`,
  fromRating:
    '"credit_rating":{"rating":"OBP","source":"OBP"},"credit_limit":{"currency":"EUR","amount":"10"},"highest_education_attained":"Master","employment_status":"worker","kyc_status":true,"last_ok_date":null',
  names: ',"title":"Dr.","branch_id":"b-1","name_suffix":"Sr"',
  moments:
    '"date_of_birth":"1990-05-15T10:30:00Z","relationship_status":"single","dependants":1,"dob_of_dependants":["2013-01-21T23:08:00Z"],',
  days: '"date_of_birth":"1990-05-15","relationship_status":"single","dependants":1,"dob_of_dependants":["2013-01-21"],',
  /** Without the closing brace. */
  v310: (id: string) => `${json.upToImage(id)}${json.moments}${json.fromRating}${json.names}`,
  v300: (id: string) => `${json.upToImage(id)}${json.days}${json.fromRating}${json.names}`,
  v210: (id: string) => `${json.upToImage(id)}${json.moments}${json.fromRating}`,
};

export const keyOf = ({ bank_id, customer_id }: CustomerKey): CustomerKey => ({ bank_id, customer_id });

export function anAttribute(name: string, value: string, id = `${name}-${value}`): CustomerAttribute {
  return { customer_attribute_id: id, name, type: 'STRING', value, version: 1 };
}

export const attributeJson = (name: string, value: string) =>
  `{"customer_attribute_id":"${name}-${value}","name":"${name}","type":"STRING","value":"${value}"}`;

export function anAccountAttribute(
  name: string,
  value: string,
  product_instance_code = '',
  product_code = 'P1',
): AccountAttribute {
  return { product_code, account_attribute_id: `${name}-${value}`, name, type: 'STRING', value, product_instance_code };
}

export function anAccount(account_id: string, account_attributes: AccountAttribute[] = []): Account {
  return {
    bank_id: 'a',
    account_id,
    label: 'Current',
    product_code: 'AC',
    balance: { currency: 'EUR', amount: '12.50' },
    branch_id: 'b-1',
    account_routings: [{ scheme: 'IBAN', address: 'DE00' }],
    account_attributes,
  };
}

export function aUser(user_id: string): UserWithAttributes {
  return {
    user_id,
    email: '',
    provider_id: `p-${user_id}`,
    provider: 'http://127.0.0.1',
    username: `name of ${user_id}`,
    user_attributes: [
      {
        user_attribute_id: `ua-${user_id}`,
        name: 'ROLE',
        type: 'STRING',
        value: 'x',
        insert_date: '2024-01-01T00:00:00Z',
      },
    ],
  };
}

export const userJson = (id: string) =>
  `{"user_id":"${id}","email":"","provider_id":"p-${id}","provider":"http://127.0.0.1","username":"name of ${id}","user_attributes":[{"user_attribute_id":"ua-${id}","name":"ROLE","type":"STRING","value":"x","insert_date":"2024-01-01T00:00:00Z"}]}`;
