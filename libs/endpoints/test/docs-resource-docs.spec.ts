import { describe, expect, it } from '@jest/globals';
import {
  buildApiVersions,
  buildGlossary,
  buildMessageDocs,
  buildResourceDocs,
  connectors,
  documentedVersions,
  filterEndpoints,
  readEndpoints,
  readVersion,
} from '@platform/endpoints';
import published from './operations.json' with { type: 'json' };

const endpoints = readEndpoints();
const computed_at = new Date('2024-03-05T12:14:22.434Z');

interface Doc {
  readonly [key: string]: unknown;
  readonly operation_id: string;
  readonly request_url: string;
  readonly request_verb: string;
  readonly connector_methods: string[];
}

const whole = buildResourceDocs(endpoints, { version: 'v5.1.0', computed_at });
const docs = whole['resource_docs'] as unknown as Doc[];
const docOf = (id: string): Doc => docs.find(({ operation_id }) => operation_id === id) as Doc;

describe('the resource docs', () => {
  it('have every operation, by URL and verb, and say when they were computed', () => {
    expect(docs).toHaveLength(endpoints.length);
    expect(whole['meta']).toEqual({ response_date: '2024-03-05T12:14:22Z', count: endpoints.length });
    const order = docs.map(({ request_url, request_verb }) => `${request_url} ${request_verb}`);
    expect(order).toEqual([...order].sort());
  });

  it('have the keys of the contract in its order; roles only where there are any', () => {
    const keys = [
      'operation_id',
      'implemented_by',
      'request_verb',
      'request_url',
      'summary',
      'description',
      'description_markdown',
      'example_request_body',
      'success_response_body',
      'error_response_bodies',
      'tags',
      'typed_request_body',
      'typed_success_response_body',
      'roles',
      'is_featured',
      'special_instructions',
      'specified_url',
      'connector_methods',
    ];
    expect(Object.keys(docOf('OBPv5.0.0-createCustomer'))).toEqual(keys);
    expect(Object.keys(docOf('OBPv5.1.0-createAgent'))).toEqual(keys.filter((key) => key !== 'roles'));
    const sent = ['example_request_body', 'typed_request_body'];
    const answered = ['success_response_body', 'typed_success_response_body'];
    expect(Object.keys(docOf('OBPv3.1.0-getCustomerByCustomerId'))).toEqual(keys.filter((key) => !sent.includes(key)));
    // The first answers `true`, the second has no body.
    for (const id of ['OBPv4.0.0-deleteCustomerCascade', 'OBPv5.0.0-deleteCustomerAccountLinkById']) {
      expect([id, Object.keys(docOf(id))]).toEqual([id, keys.filter((key) => ![...sent, ...answered].includes(key))]);
    }
  });

  it.each(published.map((operation) => [operation.operation_id, operation] as const))(
    '%s is as published',
    (id, operation) => {
      const doc = docOf(id);
      expect(doc).toMatchObject({
        implemented_by: operation.implemented_by,
        request_verb: operation.verb,
        request_url: `/obp/${operation.implemented_by.version.slice(3)}${operation.path}`,
        specified_url: `/obp/v5.1.0${operation.path}`,
        summary: operation.summary,
        tags: operation.tags,
      });
      expect(doc['roles'] ?? []).toEqual(operation.roles);
      expect((doc['error_response_bodies'] as string[]).map((text) => text.trim())).toEqual(
        expect.arrayContaining(operation.published_errors.map((text) => text.trim())),
      );
    },
  );

  it('describe in Markdown and HTML who may call, the parameters and the fields', () => {
    const doc = docOf('OBPv3.1.0-createCustomerAddress');
    expect(doc['description_markdown']).toMatch(
      /^Create Address\.\n\nA user must be logged in and hold the role `CanCreateCustomerAddress`\.\n\n\*\*URL Parameters:\*\*/,
    );
    expect(doc['description_markdown']).toContain('* BANK_ID: The bank, e.g. `gh.29.uk`');
    expect(doc['description_markdown']).toContain('**JSON request body fields:**');
    expect(doc['description']).toContain('<li>city: <code>Berlin</code></li>');
    expect(docOf('OBPv3.1.0-updateCustomerAddress')['description_markdown']).toContain('**JSON request body fields:**');
    expect(docOf('OBPv5.0.0-createCustomer')['description_markdown']).toContain(
      '* email: `felixsmith@example.com` (optional)',
    );
    expect(docOf('OBPv3.1.0-getFirehoseCustomers')['description_markdown']).toContain('`ALLOW_CUSTOMER_FIREHOSE=true`');
    expect(docOf('OBPv4.0.0-getBanks')['description_markdown']).toContain('no login is needed');
    expect(docOf('OBPv3.0.0-getApiGlossary')['description_markdown']).toContain('`GLOSSARY_REQUIRES_ROLE`');
  });

  it('have the published operations under the tag Customer, and no other', () => {
    const ids = docs
      .filter(({ tags }) => (tags as string[]).includes('Customer'))
      .map(({ operation_id }) => operation_id);
    expect(ids.sort()).toEqual(published.map(({ operation_id }) => operation_id).sort());
  });

  it('type the bodies', () => {
    expect(docOf('OBPv5.0.0-createCustomer')['typed_request_body']).toMatchObject({
      type: 'object',
      properties: { credit_limit: { type: 'object', properties: { amount: { type: 'string' } } } },
    });
    expect(docOf('OBPv5.0.0-getCustomersAtOneBank')['typed_success_response_body']).toMatchObject({
      type: 'object',
      properties: { customers: { type: 'array', items: { type: 'object' } } },
    });
    expect(docOf('OBPv5.0.0-createCustomer')['example_request_body']).toMatchObject({
      legal_name: 'Eveline Tripman',
      customer_number: '5987953',
    });
  });

  it('stay under 4 MB and hold no sentence of the page about logging in', () => {
    const text = JSON.stringify(whole);
    expect(text.length).toBeLessThan(4_000_000);
    expect(text).not.toContain('The Application must also be authenticated');
  });

  it('have the URL of the version that was asked for', () => {
    const older = buildResourceDocs(endpoints, { version: 'v1.2.1', computed_at })['resource_docs'] as unknown as Doc[];
    expect(older.map((doc) => doc['specified_url'])).toEqual(
      docs.map((doc) => String(doc['specified_url']).replace('v5.1.0', 'v1.2.1')),
    );
  });
});

describe('a filter', () => {
  const ids = (filter: Parameters<typeof filterEndpoints>[1]) =>
    filterEndpoints(endpoints, filter).map(({ operation_id }) => operation_id);

  it('takes operations with at least one of the tags', () => {
    expect(ids({ tags: ['FirehoseData', 'Sandbox'] })).toEqual(
      expect.arrayContaining(['OBPv3.1.0-getFirehoseCustomers', 'OBPv2.1.0-sandboxDataImport']),
    );
    expect(ids({ tags: ['FirehoseData', 'Sandbox'] })).toHaveLength(2);
    expect(ids({ tags: ['nothing'] })).toEqual([]);
  });

  it('takes functions, and both conditions when both are given', () => {
    expect(ids({ functions: ['createAgent', 'getBanks'] })).toEqual(['OBPv5.1.0-createAgent', 'OBPv4.0.0-getBanks']);
    expect(ids({ functions: ['createAgent', 'getBanks'], tags: ['Bank'] })).toEqual(['OBPv4.0.0-getBanks']);
  });

  it('knows no dynamic operation', () => {
    expect(ids({ content: 'dynamic' })).toEqual([]);
    expect(ids({ content: 'static' })).toEqual(ids({}));
  });

  it('of a collection ignores the others', () => {
    expect(ids({ operation_ids: ['OBPv4.0.0-getBanks', 'unknown'], tags: ['Customer'], content: 'dynamic' })).toEqual([
      'OBPv4.0.0-getBanks',
    ]);
  });
});

describe('a version', () => {
  it('is read with and without its standard', () => {
    expect([readVersion('v5.1.0'), readVersion('OBPv5.1.0'), readVersion('OBPv7.0.0')]).toEqual([
      'v5.1.0',
      'v5.1.0',
      'v7.0.0',
    ]);
  });

  it.each(['', 'v5.1', '5.1.0', 'v9.9.9', 'OBPOBPv5.1.0', 'UKv3.1', 'obpv5.1.0'])('%j is unknown', (text) => {
    expect(readVersion(text)).toBeUndefined();
  });

  it('is listed in both spellings', () => {
    const { scanned_api_versions } = buildApiVersions(documentedVersions) as unknown as {
      scanned_api_versions: object[];
    };
    expect(scanned_api_versions).toHaveLength(13);
    expect(scanned_api_versions[10]).toEqual({
      urlPrefix: 'obp',
      apiStandard: 'obp',
      apiShortVersion: 'v5.1.0',
      API_VERSION: 'v5.1.0',
      url_prefix: 'obp',
      api_standard: 'obp',
      api_short_version: 'v5.1.0',
      fully_qualified_version: 'OBPv5.1.0',
      is_active: true,
    });
  });
});

describe('the glossary', () => {
  const { glossary_items } = buildGlossary() as unknown as {
    glossary_items: { title: string; description: { markdown: string; html: string } }[];
  };

  it('is sorted by title, each once', () => {
    const titles = glossary_items.map(({ title }) => title);
    expect(titles.length).toBeGreaterThanOrEqual(25);
    expect(new Set(titles).size).toBe(titles.length);
    expect(titles).toEqual([...titles].sort((a, b) => a.localeCompare(b, 'en')));
  });

  it('says the same in Markdown and HTML', () => {
    const directLogin = glossary_items.find(({ title }) => title === 'DirectLogin');
    expect(directLogin?.description.markdown).toContain('`DirectLogin: token=…`');
    expect(directLogin?.description.html).toContain('<code>DirectLogin: token=…</code>');
  });

  it('links only to its own terms', () => {
    const anchors = glossary_items.map(({ title }) => title.replaceAll(' ', '-'));
    const links = glossary_items.flatMap(({ description }) =>
      [...description.markdown.matchAll(/\]\(#([^)]+)\)/g)].map(([, link]) => link),
    );
    expect(links.filter((link) => !anchors.includes(link as string))).toEqual([]);
  });
});

describe('the message docs', () => {
  const { message_docs } = buildMessageDocs(endpoints) as unknown as {
    message_docs: {
      process: string;
      dependent_endpoints: object[];
      example_outbound_message: object;
      adapter_implementation: object;
    }[];
  };
  const byProcess = new Map(message_docs.map((doc) => [doc.process, doc]));

  it('have each process once, in the order they suggest', () => {
    expect(byProcess.size).toBe(message_docs.length);
    expect(message_docs.map(({ adapter_implementation }) => adapter_implementation)).toEqual(
      message_docs.map((_, index) => expect.objectContaining({ suggested_order: index + 1 })),
    );
  });

  it('describe a call with its messages and the operations that need it', () => {
    expect(byProcess.get('obp.createAgent')).toMatchObject({
      message_format: 'protobuf',
      description: 'Create Agent.',
      example_outbound_message: { bank_id: 'gh.29.uk', body: { currency: 'EUR' } },
      example_inbound_message: { bank_id: 'gh.29.uk', is_pending_agent: false },
      adapter_implementation: { group: 'agents' },
      dependent_endpoints: [{ name: 'createAgent', version: 'OBPv5.1.0' }],
    });
    expect(byProcess.get('obp.forgetCustomerLinks')).toMatchObject({
      description: 'Forget customer links.',
      adapter_implementation: { group: 'links' },
      dependent_endpoints: [],
    });
  });

  it('have every connector method of the resource docs', () => {
    expect(docs.flatMap(({ connector_methods }) => connector_methods).filter((name) => !byProcess.has(name))).toEqual(
      [],
    );
    expect(docOf('OBPv5.0.0-createCustomer').connector_methods).toEqual(['obp.createCustomer']);
    expect(docOf('OBPv4.0.0-getScannedApiVersions').connector_methods).toEqual([]);
  });

  it('are known under five names of OBP and one of ours', () => {
    expect(connectors).toEqual([
      'kafka_vSept2018',
      'akka_vDec2018',
      'rest_vMar2019',
      'stored_procedure_vDec2019',
      'rabbitmq_vOct2024',
      'grpc',
    ]);
  });
});
