import type { DescField } from '@bufbuild/protobuf';

/** Descriptions of path and query parameters, by the name of their field. */
const byName: Readonly<Record<string, string>> = {
  account_attribute_id: 'The attribute of the account',
  account_id: 'The account, unique at its bank',
  agent_id: 'The agent',
  api_collection_id: 'The collection of operations',
  api_collection_name: "The collection's name, unique among those of its user",
  api_version: 'A version of the API, with or without its standard: `v5.1.0` or `OBPv5.1.0`',
  at_bank_id: 'The bank of the call that is asked about; absent if it has none',
  attribute_definition_id: 'The definition of the attribute',
  bank_id: 'The bank',
  before: 'Only what is older: the `event_id` of the last event, or the `next` of the page before',
  connector:
    'One of kafka_vSept2018, akka_vDec2018, rest_vMar2019, stored_procedure_vDec2019, rabbitmq_vOct2024 and grpc',
  consumer_id: 'The application',
  content: '`static`, `dynamic` or `all`; no operation is dynamic here',
  customer_account_link_id: 'The link between a customer and an account',
  customer_address_id: 'The address of the customer',
  customer_attribute_id: 'The attribute of the customer',
  customer_id: 'The customer',
  email: 'The e-mail address',
  entitlement_id: 'The entitlement',
  entitlement_request_id: 'The request for an entitlement',
  filters: 'Any other parameter filters by a customer attribute: its name and a value. One pair that fits is enough',
  from: 'The `sequence` of the last event that the client has; without it, only what happens from now on',
  from_date: 'Not before this time',
  functions: 'Only operations of these names, separated by commas',
  is_deleted: 'Whether deleted ones are wanted instead of the others',
  language: 'The same as `locale`',
  limit: 'At most so many',
  locale: '`en_GB` or `es_ES`',
  locked_status: '`active` or `locked`',
  offset: 'So many are skipped at the beginning',
  openapi_version: '`3.1`, or `3.0` for tools that read no other',
  operation_id: 'The operation, with its version',
  operation_tags:
    '`first`: an operation has one tag, and the others in `x-other-tags`. `all`: it has all of them, which many generators of clients declare twice',
  product_code: 'The product of the account',
  provider: 'Who vouches for the user, percent-encoded: it usually is a URL',
  result: '`ok`, or the code of a failure',
  role: 'Only entitlements to this role',
  scope_id: 'The scope of the application',
  sort_direction: '`ASC` or `DESC`',
  tags: 'Only operations with one of these tags, separated by commas',
  tax_residence_id: 'The tax residence of the customer',
  time: 'A date-time of RFC 3339',
  to_date: 'Not after this time',
  token_id: 'The token, by the id under which it is listed',
  user_attribute_id: 'The attribute of the user',
  user_customer_link_id: 'The link between a user and a customer',
  user_id: 'The user',
  username: 'The name with which the user logs in',
  view_id: 'The view of the account',
  webhook_id: 'The webhook',
};

/** A parameter's description. @throws Error when it has none */
export function explanationOf({ name }: DescField): string {
  const explanation = byName[name];
  if (explanation === undefined) throw new Error(`the parameter ${name} needs an explanation`);
  return explanation;
}
