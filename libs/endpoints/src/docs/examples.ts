import type { JsonValue } from './json.js';

const uuid = (number: number): string => `0192f6a4-7c1e-7b0d-9e3a-${String(number).padStart(12, '0')}`;
const date = '2013-01-21T23:08:00Z';
const day = '2018-03-09';

/** What a JSON Schema validation is made of. */
export const exampleJsonSchema: JsonValue = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  title: 'Legal name',
  description: 'A customer has a legal name of two characters or more.',
  required: ['legal_name'],
  properties: { legal_name: { type: 'string', minLength: 2 } },
};

const ids = {
  account_attribute_id: uuid(11), account_id: '8ca8a7e4-6d02-40e3-a129-0b2bf89de9f0', agent_id: uuid(13), api_collection_endpoint_id: uuid(14),
  api_collection_id: uuid(15), attribute_definition_id: uuid(16), bank_id: 'gh.29.uk', bank_ids: ['gh.29.uk'], branch_id: 'DERBY6', consumer_id: uuid(17),
  customer_account_link_id: uuid(18), customer_address_id: uuid(19), customer_attribute_id: uuid(20), customer_id: uuid(21),
  entitlement_id: uuid(22), entitlement_request_id: uuid(23), id: uuid(24), operation_id: 'OBPv5.0.0-createCustomer', scope_id: uuid(25),
  tax_residence_id: uuid(26), user_attribute_id: uuid(27), user_customer_link_id: uuid(28), user_id: '9ca9a7e4-6d02-40e3-a129-0b2bf89de9b1', view_id: 'owner',
} as const;

const customers = {
  agent_number: '5987953', customer_name: 'Eveline Tripman', customer_number: '5987953', credit_rating: 'A', credit_source: 'Experian', date_of_birth: date,
  dependants: 1, dob_of_dependants: [date], email: 'felixsmith@example.com', employment_status: 'Employed', highest_education_attained: 'Master',
  is_confirmed_agent: true, is_pending_agent: false, kyc_status: true, last_ok_date: date, legal_name: 'Eveline Tripman', mobile_phone_number: '+49 30 901820',
  name_suffix: 'Sr', rating: 'A', relationship_status: 'Single', relationship_type: 'Owner', source: 'Experian', title: 'Dr.',
} as const;

const postal = {
  city: 'Berlin', country_code: 'DE', county: 'Mitte', insert_date: date, line_1: 'No 1 the Road', line_2: 'The Place', line_3: 'The Hill', post_code: '13359',
  postcode: '13359', state: 'Brandenburg', status: 'OK', tags: ['mailing', 'home'], domain: 'DE', tax_number: '65929970489',
} as const;

const events = {
  actual_date: date, category: 'Call', channel: 'Phone', detail: 'Asked about a savings account', result: 'Answered', scheduled_date: date,
  date_activated: date, last_marketing_agreement_signed_date: date, date_added: date, date_inserted: date, handle: '@eveline',
} as const;

const attributes = {
  alias: 'Tax number', can_be_seen_on_views: ['owner'], description: 'The number by which the tax office knows the customer', is_active: true, is_personal: false,
  name: 'SPECIAL_TAX_NUMBER', type: 'STRING', value: '123456789',
} as const;

const accounts = {
  account_type: 'SAVINGS', address: 'DE89370400440532013000', amount: '0', currency: 'EUR', display_name: 'felixsmith', is_public: false, label: 'Savings',
  number: '546387432', product_code: 'SAVINGS', product_instance_code: 'SAVINGS-2024', scheme: 'IBAN', short_name: 'Owner', views_basic: ['owner'],
} as const;

const contracts = {
  branch_code: 'DERBY6', cancellation_date: date, contract_code: 'LKJL98769F', form_of_payment: 'Monthly', instrument_status_code: 'A', instrument_status_definition: 'Active',
  interest_amount: '12.50', interest_rate: '2.5', is_substituted: 'false', issuance_amount: '1000.00', maturity_date: date, opening_date: date, payment_method: 'Transfer',
  product_description: 'Savings account', renewal_date: date, term: '12 months',
} as const;

const banks = { bank_code: 'GH', full_name: 'The Bank of Scotland', logo: 'https://static.example.com/logo.png', website: 'https://www.example.com' } as const;

const people = {
  bad_attempts_since_last_success_or_reset: 0, created: date, first_name: 'Felix', is_deleted: false, is_locked: false, last_failure_date: date, last_lock_date: date,
  last_name: 'Smith', locked_status: 'active', password: 'Example-pass-2013', provider: 'https://api.example.com', provider_id: 'felixsmith', role: 'CanGetCustomer',
  role_name: 'CanGetCustomer', type_of_lock: 'lock_via_api', user_name: 'felixsmith', username: 'felixsmith',
} as const;

const applications = {
  app_name: 'Branch desk', app_type: 'Confidential', certificate_pem: '', client_certificate: '', company: 'Example Ltd', consumer_key: 'bwf0ykmwoirip1yjxcn15wnhuyxcziwgtcoaildq',
  consumer_secret: '2p1yjxcn15wnhuyxcziwgtcoaildqbwf0ykmwoir', developer_email: 'developer@example.com', enabled: true, logo_url: 'https://app.example.com/logo.png',
  redirect_url: 'https://app.example.com/callback', per_second_call_limit: '-1', per_minute_call_limit: '600', per_hour_call_limit: '-1', per_day_call_limit: '-1',
  per_week_call_limit: '-1', per_month_call_limit: '-1', requires_bank_id: true,
} as const;

const governance = {
  allowed_authentication_types: ['DirectLogin'], api_collection_name: 'Favourites', is_sharable: false,
} as const;

const documentation = {
  api_version: 'v5.1.0', connector: 'rest_vMar2019', content: 'static', functions: 'getCustomer,createCustomer', language: 'en_GB', locale: 'en_GB', openapi_version: '3.1',
  operation_tags: 'first',
} as const;

const queries = { from_date: date, limit: 50, offset: 0, sort_direction: 'DESC', to_date: '2024-01-31T23:59:59Z' } as const;

const instance = {
  connector_version: 'mapped', date, duration: '0.002', duration_time: '0.002', error_code: '', git_commit: '0e70274', hostname: 'https://api.example.com',
  jwks_uri: 'https://login.example.com/jwks.json', local_identity_provider: 'https://api.example.com', log_level: 'INFO', method: 'getBanks', metrics: [],
  organisation: 'Example Ltd', organisation_website: 'https://www.example.com', phone: '+49 30 901820', ports: [], require_scopes_for_all_roles: false,
  require_scopes_for_listed_roles: [], resource_docs_requires_role: false, service_available: true, stage: 'development', success: 'Success', technology: 'PostgreSQL',
  text: 'ready', timeout_in_seconds: '300', total_duration: 0.002, url: 'https://www.example.com/face.png', version: 'v5.1.0', version_status: 'STABLE', warehouse: [],
} as const;

/** The import holds together: its account, transaction and events are of its bank, and its user owns the account. */
const sandbox = {
  IBAN: 'DE89370400440532013000', account_number: '546387433', bank: 'gh.29.uk', code: 'SAVINGS', completed: '2013-01-21T23:08:00.000Z', family: 'Savings',
  generate_accountants_view: false, generate_auditors_view: false, generate_public_view: false, hours: 'Monday to Friday, 9 to 17', latitude: 52.52, longitude: 13.38,
  more_info_url: 'https://www.example.com/savings', new_balance: '0.00', owners: ['felixsmith'], posted: '2013-01-21T23:08:00.000Z', super_family: 'Accounts',
} as const;

const security = {
  before: uuid(31), correlation_id: '7c7a2f0e-3f0b-4b8e-9d4c-0d9a1c2b3e4f', count: 1, event_id: uuid(31), expires: '2013-02-18T23:08:00Z', kind: 'grant', last_used: date, occurred_at: '2013-01-21T23:08:00.000Z',
  subject: ids.user_id, token_id: uuid(32),
} as const;

/** An example of a field's value, by the field's name. A list's may be an item or all of it. */
export const examplesByName: Readonly<Record<string, JsonValue>> = {
  ...queries, ...security, ...instance, ...sandbox, ...documentation, ...governance, ...applications, ...people, ...banks, ...contracts, ...accounts, ...attributes, ...events,
  ...postal, ...customers, ...ids,
};

/** Where a name means different things: by message and field. */
export const examplesInMessage: Readonly<Record<string, JsonValue>> = {
  'AccountAttribute.name': 'OVERDRAFT_START_DATE', 'AccountAttribute.type': 'DATE_WITH_DAY', 'AccountAttribute.value': day,
  'AccountAttributeJson.name': 'OVERDRAFT_START_DATE', 'AccountAttributeJson.type': 'DATE_WITH_DAY', 'AccountAttributeJson.value': day,
  'AdapterInfoJsonV500.name': 'customer-platform', 'ApiCollection.description': 'What I use every day', 'PostApiCollectionJson400.description': 'What I use every day',
  'AttributeDefinition.category': 'Customer', 'AttributeDefinitionJsonV400.category': 'Customer', 'AvailableView.description': 'The owner of the account', 'AvailableView.id': 'owner',
  'AvailableView.short_name': 'Owner', 'BackendMessage.source': 'customers', 'BackendMessage.status': 'ready', 'BankAttribute.name': 'FOUNDED', 'BankAttribute.value': '1695',
  'AuditEvent.operation_id': 'OBPv2.0.0-addEntitlement', 'AuditEvent.result': 'ok', 'GetAuditEventsRequest.operation_id': 'OBPv2.0.0-addEntitlement', 'GetAuditEventsRequest.result': 'OBP-20006', 'LoginToken.type': 'DirectLogin',
  'BankRouting.address': 'gh.29.uk', 'BankRouting.scheme': 'OBP', 'BankV400.id': 'gh.29.uk', 'BankV400.short_name': 'GH', 'BankV500.id': 'gh.29.uk', 'BasicView.id': 'owner',
  'CacheConfig.value': '1', 'Consumer.description': 'Used at the desks of our branches', 'CreateConsumerRequestJsonV510.description': 'Used at the desks of our branches',
  'CreatedConsumer.description': 'Used at the desks of our branches', 'CreditLimit.amount': '1000.00', 'CustomerId.id': ids.customer_id, 'CustomerV300.date_of_birth': day,
  'CustomerV300.dob_of_dependants': [day], 'CustomerWithAttributesV300.date_of_birth': day, 'CustomerWithAttributesV300.dob_of_dependants': [day], 'Deleted.value': true,
  'FullAccount.tags': [], 'NameValue.name': 'SPECIAL_TAX_NUMBER', 'PostBankJson500.id': 'gh.29.uk', 'PostCreateUserWithRolesJsonV400.provider': 'dauth.example.com', 'RateLimiting.enabled': false, 'RateLimiting.is_active': false,
  'UserAgreement.text': 'The text', 'UserAgreement.type': 'terms_and_conditions', 'RootV400.connector': 'mapped', 'SandboxAccount.id': ids.account_id, 'SandboxAccount.type': 'SAVINGS', 'SandboxAccountReference.id': ids.account_id, 'SandboxAtm.name': 'Main hall',
  'SandboxBank.id': 'gh.29.uk', 'SandboxBank.short_name': 'GH', 'SandboxBranch.name': 'Derby', 'SandboxCounterparty.name': 'Grocery', 'SandboxCrmCustomer.name': 'Eveline Tripman',
  'SandboxCrmCustomer.number': '5987953', 'SandboxCrmEvent.actual_date': '2013-01-21T23:08:00.000Z', 'SandboxLicense.name': 'Open Data Commons', 'SandboxProduct.category': 'Private',
  'SandboxProduct.name': 'Savings account', 'SandboxTransactionDetails.description': 'Groceries', 'SandboxTransactionDetails.type': 'Card', 'SandboxTransactionDetails.value': '-12.50',
  'SocialMediaJSON.type': 'X', 'SocialMediaV200.type': 'X', 'UpdateAccountRequestJsonV310.type': 'SAVINGS', 'UpdatedAccount.type': 'SAVINGS',
  'WellKnownUri.provider': 'login', 'WellKnownUri.url': 'https://login.example.com/.well-known/openid-configuration',
  'GetResourceDocsObpRequest.tags': 'Customer', 'GetBankLevelDynamicResourceDocsObpRequest.tags': 'Customer', 'GetResourceDocsSwaggerRequest.tags': 'Customer',
  'GetResourceDocsOpenAPI31Request.tags': 'Customer',
};
