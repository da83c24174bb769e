import type { JsonValue } from './json.js';

export const uuid = (number: number): string => `0192f6a4-7c1e-7b0d-9e3a-${String(number).padStart(12, '0')}`;
export const date = '2013-01-21T23:08:00Z';

/** The example of a JSON Schema validation. */
export const exampleJsonSchema: JsonValue = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  title: 'Legal name',
  description: 'A customer has a legal name of two characters or more.',
  required: ['legal_name'],
  properties: { legal_name: { type: 'string', minLength: 2 } },
};

export const ids = {
  account_attribute_id: uuid(11),
  account_id: '8ca8a7e4-6d02-40e3-a129-0b2bf89de9f0',
  agent_id: uuid(13),
  api_collection_endpoint_id: uuid(14),
  api_collection_id: uuid(15),
  attribute_definition_id: uuid(16),
  bank_id: 'gh.29.uk',
  bank_ids: ['gh.29.uk'],
  branch_id: 'DERBY6',
  consumer_id: uuid(17),
  customer_account_link_id: uuid(18),
  customer_address_id: uuid(19),
  customer_attribute_id: uuid(20),
  customer_id: uuid(21),
  entitlement_id: uuid(22),
  entitlement_request_id: uuid(23),
  id: uuid(24),
  operation_id: 'OBPv5.0.0-createCustomer',
  scope_id: uuid(25),
  tax_residence_id: uuid(26),
  user_attribute_id: uuid(27),
  user_customer_link_id: uuid(28),
  user_id: '9ca9a7e4-6d02-40e3-a129-0b2bf89de9b1',
  view_id: 'owner',
  webhook_id: uuid(29),
} as const;
