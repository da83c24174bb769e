import { attributeOverhead } from '../attributes.js';

/** Makes other changes of an account's (bank, account) attributes wait until the transaction ends; one row if there is one. */
export const lockedAccount = 'select from account where bank_id = ? and account_id = ? for no key update';

/** The bytes that an account's (bank, account) attributes take together. */
export const bytesOfAttributes = `
  select sum(octet_length(name) + octet_length(value) + octet_length(product_code) + octet_length(product_instance_code) + ${attributeOverhead})::integer as bytes
  from account_attribute where bank_id = ? and account_id = ?`;
