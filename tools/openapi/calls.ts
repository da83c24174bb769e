// Calls every operation of the published page through the client that was generated beside this file: reads first,
// then changes, then deletions.
import type { Api, Failure, HttpResponse } from './client.js';

/** Records an operation's response. @throws Error when it was a failure */
export type Call = <T>(operation: string, answer: Promise<HttpResponse<T, Failure>>) => Promise<T>;

export type Client = Api<string>;

const unique = (): string => crypto.randomUUID().slice(0, 13);
const date = '2024-03-05T12:14:22Z';

interface Records {
  readonly bankId: string;
  readonly customerId: string;
  readonly customerNumber: string;
  readonly accountId: string;
  readonly agentId: string;
  readonly customerAddressId: string;
  readonly customerAttributeId: string;
  readonly attributeDefinitionId: string;
  readonly taxResidenceId: string;
  readonly userId: string;
  readonly userCustomerLinkId: string;
  readonly customerAccountLinkId: string;
}

/** Creates a bank at which the caller has the roles. The caller may already have those of the whole instance. */
export async function openBank(
  api: Client,
  user_id: string,
  roles: readonly { role: string; requires_bank_id: boolean }[],
): Promise<string> {
  const grant = async (role_name: string, bank_id: string): Promise<void> => {
    await api.users
      .addEntitlement({ userId: user_id }, { role_name, bank_id })
      .catch((answer: HttpResponse<unknown, Failure>) => {
        if (!answer.error?.message.startsWith('OBP-30216')) throw answer;
      });
  };
  await grant('CanCreateBank', '');
  const { data } = await api.banks.createBank({
    id: `bank.${unique()}`,
    bank_code: 'CODE',
    full_name: 'The bank of the client',
  });
  for (const { role, requires_bank_id } of [...roles, { role: 'CanCreateAccount', requires_bank_id: true }])
    await grant(role, requires_bank_id ? data.id : '');
  return data.id;
}

/** Calls all 57 operations, by their names in OBP. */
export async function callAll(api: Client, call: Call, userId: string, bankId: string): Promise<void> {
  const records = await create(api, call, userId, bankId);
  await read(api, call, records);
  await change(api, call, records);
  await remove(api, call, records);
}

async function create({ banks }: Client, call: Call, userId: string, bankId: string): Promise<Records> {
  const customerNumber = `N${unique()}`;
  const customer = await call(
    'createCustomer',
    banks.createCustomer(
      { bankId },
      {
        legal_name: 'Eveline Tripman',
        mobile_phone_number: '+49 30 901820',
        customer_number: customerNumber,
        email: 'eveline@example.com',
        date_of_birth: date,
        face_image: { url: 'https://example.com/face.png', date },
        dependants: 1,
        dob_of_dependants: [date],
        credit_rating: { rating: 'A', source: 'Experian' },
        credit_limit: { currency: 'EUR', amount: '1000.00' },
        kyc_status: true,
        last_ok_date: date,
        title: 'Dr.',
      },
    ),
  );
  const at = { bankId, customerId: customer.customer_id };
  const accountId = `acc-${unique()}`;
  await banks.createAccount(
    { bankId, accountId },
    { label: 'Savings', product_code: 'SAVINGS', balance: { currency: 'EUR', amount: '0' } },
  );
  const agent = await call(
    'createAgent',
    banks.createAgent(
      { bankId },
      { legal_name: 'Agent Name', mobile_phone_number: '+49 30 901821', agent_number: `A${unique()}`, currency: 'EUR' },
    ),
  );
  const address = await call('createCustomerAddress', banks.createCustomerAddress(at, addressBody('Berlin')));
  const residence = await call(
    'createTaxResidence',
    banks.createTaxResidence(at, { domain: 'DE', tax_number: unique() }),
  );
  await call(
    'addSocialMediaHandle',
    banks.addSocialMediaHandle(at, {
      customer_number: customerNumber,
      type: 'X',
      handle: '@eveline',
      date_added: date,
      date_activated: null,
    }),
  );
  const definition = await call(
    'createOrUpdateCustomerAttributeAttributeDefinition',
    banks.createOrUpdateCustomerAttributeAttributeDefinition(
      { bankId },
      {
        name: 'SPECIAL_TAX_NUMBER',
        category: 'Customer',
        type: 'STRING',
        description: 'of the tax office',
        alias: 'Tax number',
        can_be_seen_on_views: ['owner'],
        is_active: true,
      },
    ),
  );
  const attribute = await call(
    'createCustomerAttribute',
    banks.createCustomerAttribute(at, { name: 'SPECIAL_TAX_NUMBER', type: 'STRING', value: '123456789' }),
  );
  const userLink = await call(
    'createUserCustomerLinks',
    banks.createUserCustomerLinks({ bankId }, { user_id: userId, customer_id: at.customerId }),
  );
  const accountLink = await call(
    'createCustomerAccountLink',
    banks.createCustomerAccountLink(
      { bankId },
      { customer_id: at.customerId, bank_id: bankId, account_id: accountId, relationship_type: 'Owner' },
    ),
  );
  return {
    ...at,
    customerNumber,
    accountId,
    userId,
    agentId: agent.agent_id,
    customerAddressId: address.customer_address_id,
    taxResidenceId: residence.tax_residence_id,
    attributeDefinitionId: definition.attribute_definition_id,
    customerAttributeId: attribute.customer_attribute_id,
    userCustomerLinkId: userLink.user_customer_link_id,
    customerAccountLinkId: accountLink.customer_account_link_id,
  };
}

async function read({ banks, customers, customersMinimal, my, users }: Client, call: Call, at: Records): Promise<void> {
  const page = { limit: 10, offset: 0, sort_direction: 'DESC' };
  const number = { customer_number: at.customerNumber };
  await call('getCustomerByCustomerId', banks.getCustomerByCustomerId(at));
  await call('getCustomerByCustomerNumber', banks.getCustomerByCustomerNumber(at, number));
  await call('getCustomersMinimalAtAnyBank', customersMinimal.getCustomersMinimalAtAnyBank(page));
  await call('getCustomersMinimalAtOneBank', banks.getCustomersMinimalAtOneBank({ ...page, bankId: at.bankId }));
  await call('getCustomersAtAnyBank', customers.getCustomersAtAnyBank(page));
  await call('getCustomersAtOneBank', banks.getCustomersAtOneBank({ ...page, bankId: at.bankId }));
  await call(
    'getCustomersByLegalName',
    banks.getCustomersByLegalName({ limit: 10, bankId: at.bankId }, { legal_name: 'Eveline%' }),
  );
  await call(
    'getCustomersByCustomerPhoneNumber',
    banks.getCustomersByCustomerPhoneNumber({ limit: 10, bankId: at.bankId }, { mobile_phone_number: '+49%' }),
  );
  await call(
    'getFirehoseCustomers',
    banks.getFirehoseCustomers({ ...page, from_date: '2013-01-21T23:08:00Z', bankId: at.bankId }),
  );
  await call('getCustomerOverview', banks.getCustomerOverview(at, number));
  await call('getCustomerOverviewFlat', banks.getCustomerOverviewFlat(at, number));
  await call('getCustomersForUser', users.getCustomersForUser());
  await call('getCustomersForUserIdsOnly', users.getCustomersForUserIdsOnly());
  await call('getMyCustomersAtAnyBank', my.getMyCustomersAtAnyBank());
  await call('getMyCustomersAtBank', banks.getMyCustomersAtBank(at));
  await call('getMyCorrelatedEntities', my.getMyCorrelatedEntities());
  await call('getCorrelatedUsersInfoByCustomerId', banks.getCorrelatedUsersInfoByCustomerId(at));
  await call('getCrmEvents', banks.getCrmEvents(at));
  await call('getCustomerAddresses', banks.getCustomerAddresses(at));
  await call('getTaxResidence', banks.getTaxResidence(at));
  await call('getSocialMediaHandles', banks.getSocialMediaHandles(at));
  await call('getCustomerAttributes', banks.getCustomerAttributes(at));
  await call('getCustomerAttributeById', banks.getCustomerAttributeById(at));
  await call('getCustomerAttributeDefinition', banks.getCustomerAttributeDefinition(at));
  await call('getUserCustomerLinksByCustomerId', banks.getUserCustomerLinksByCustomerId(at));
  await call('getUserCustomerLinksByUserId', banks.getUserCustomerLinksByUserId(at));
  await call('getCustomerAccountLinkById', banks.getCustomerAccountLinkById(at));
  await call('getCustomerAccountLinksByBankIdAccountId', banks.getCustomerAccountLinksByBankIdAccountId(at));
  await call('getCustomerAccountLinksByCustomerId', banks.getCustomerAccountLinksByCustomerId(at));
}

async function change({ banks }: Client, call: Call, at: Records): Promise<void> {
  await call('updateCustomerBranch', banks.updateCustomerBranch(at, { branch_id: 'DERBY6' }));
  await call(
    'updateCustomerCreditLimit',
    banks.updateCustomerCreditLimit(at, { credit_limit: { currency: 'EUR', amount: '10.10' } }),
  );
  await call(
    'updateCustomerCreditRatingAndSource',
    banks.updateCustomerCreditRatingAndSource(at, { credit_rating: 'B', credit_source: 'Experian' }),
  );
  await call('updateCustomerEmail', banks.updateCustomerEmail(at, { email: 'tripman@example.com' }));
  await call(
    'updateCustomerIdentity',
    banks.updateCustomerIdentity(at, {
      legal_name: 'Eveline Tripman',
      date_of_birth: date,
      title: 'Prof.',
      name_suffix: 'Jr',
    }),
  );
  await call(
    'updateCustomerMobileNumber',
    banks.updateCustomerMobileNumber(at, { mobile_phone_number: '+49 30 901822' }),
  );
  await call('updateCustomerNumber', banks.updateCustomerNumber(at, { customer_number: `N${unique()}` }));
  await call(
    'updateCustomerData',
    banks.updateCustomerData(at, {
      face_image: { url: 'https://example.com/other.png', date },
      relationship_status: 'Single',
      dependants: 2,
      highest_education_attained: 'Master',
      employment_status: 'Employed',
    }),
  );
  await call('updateCustomerAddress', banks.updateCustomerAddress(at, addressBody('Potsdam')));
  await call(
    'updateCustomerAttribute',
    banks.updateCustomerAttribute(at, { name: 'SPECIAL_TAX_NUMBER', type: 'STRING', value: '987654321' }),
  );
  await call('updateCustomerAccountLinkById', banks.updateCustomerAccountLinkById(at, { relationship_type: 'Holder' }));
  await call('updateAgentStatus', banks.updateAgentStatus(at, { is_pending_agent: false, is_confirmed_agent: true }));
}

async function remove({ banks, management }: Client, call: Call, at: Records): Promise<void> {
  await call('deleteCustomerAccountLinkById', banks.deleteCustomerAccountLinkById(at));
  await call('deleteUserCustomerLink', banks.deleteUserCustomerLink(at));
  await call('deleteCustomerAddress', banks.deleteCustomerAddress(at));
  await call('deleteTaxResidence', banks.deleteTaxResidence(at));
  await call('deleteCustomerAttribute', banks.deleteCustomerAttribute(at));
  await call('deleteCustomerAttributeDefinition', banks.deleteCustomerAttributeDefinition(at));
  await call('deleteCustomerCascade', management.deleteCustomerCascade(at));
}

const addressBody = (city: string) => ({
  line_1: 'No 1 the Road',
  line_2: 'The Place',
  line_3: 'The Hill',
  city,
  county: '',
  state: 'Brandenburg',
  postcode: '13359',
  country_code: 'DE',
  tags: ['mailing', 'home'],
  status: 'OK',
});
