import { describe, expect, it } from '@jest/globals';
import { buildOpenApi, buildSwagger, readEndpoints } from '@platform/endpoints';
import published from './operations.json' with { type: 'json' };

const endpoints = readEndpoints();
const public_url = 'https://api.bank.test/';

interface Answer {
  readonly $ref?: string;
  readonly description?: string;
  readonly content?: Record<string, { schema: object; examples?: object }>;
  readonly schema?: object;
}
interface Operation {
  readonly [key: string]: unknown;
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly { in: string; name: string }[];
  readonly responses: Readonly<Record<string, Answer>>;
}
interface Document {
  readonly [key: string]: unknown;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

type OpenApi = Document & {
  components: {
    schemas: Record<string, { required?: string[]; properties: Record<string, object>; example?: object }>;
    securitySchemes: object;
  };
};
const openApi = buildOpenApi(endpoints, { public_url }) as unknown as OpenApi;
const openApi30 = buildOpenApi(endpoints, { public_url }, '3.0') as unknown as OpenApi;
const swagger = buildSwagger(endpoints, { public_url }) as unknown as Document & {
  definitions: Record<string, { required?: string[]; properties: Record<string, object>; example: object }>;
};
const templated = (path: string): string => path.replace(/\/([A-Z][A-Z_]*)(?=\/|$)/g, '/{$1}');
const operationsOf = ({ paths }: Document): Operation[] => Object.values(paths).flatMap((path) => Object.values(path));

describe.each<[string, Document, typeof buildSwagger, string]>([
  ['OpenAPI', openApi, buildOpenApi, ''],
  ['OpenAPI 3.0', openApi30, (some, options) => buildOpenApi(some, options, '3.0'), ''],
  ['Swagger', swagger, buildSwagger, '/obp/v5.1.0'],
])('the %s document', (_name, document, build, prefix) => {
  const operations = operationsOf(document);

  it('has every operation with an id that is a function name, each once', () => {
    const ids = operations.map(({ operationId }) => operationId);
    expect(ids).toHaveLength(endpoints.length);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !/^[a-zA-Z]\w*$/.test(id))).toEqual([]);
    expect(ids).toEqual(
      expect.arrayContaining(['createCustomer', 'getPrivateAccountsAtOneBankV300', 'getPrivateAccountsAtOneBankV400']),
    );
  });

  it.each(published.map(({ path, verb, success_status }) => [verb, path, success_status] as const))(
    'has %s %s with its status',
    (verb, path, status) => {
      const operation = document.paths[`${prefix}${templated(path)}`]?.[verb.toLowerCase()];
      expect(Object.keys(operation?.responses ?? {})[0]).toBe(String(status));
      const names =
        operation?.parameters?.filter((parameter) => parameter.in === 'path').map(({ name }) => `{${name}}`) ?? [];
      expect(names).toEqual(templated(path).match(/\{\w+\}/g) ?? []);
    },
  );

  it('has one path for operations whose paths differ in the names of parameters alone, named as the newest', () => {
    const shapes = Object.keys(document.paths).map((path) => path.replace(/\{\w+\}/g, '{}'));
    expect(shapes.filter((shape, index) => shapes.indexOf(shape) < index)).toEqual([]);
    const users = document.paths[`${prefix}/users/{USER_ID}`];
    expect([users?.['get']?.operationId, users?.['delete']?.operationId]).toEqual(['getUser', 'deleteUser']);
    for (const verb of ['get', 'delete'])
      expect(users?.[verb]?.parameters?.map(({ name }) => name)).toEqual(['USER_ID']);
  });

  it('refers only to what it has', () => {
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, ref]) => ref as string);
    const missing = refs.filter(
      (ref) =>
        ref.split('/').reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], document) ===
        undefined,
    );
    expect(new Set(missing)).toEqual(new Set());
  });

  it('leaves out what it is not given, and what only that needed', () => {
    const banks = endpoints.filter(({ operation_id }) => operation_id === 'OBPv4.0.0-getBanks');
    const text = JSON.stringify(build(banks, { public_url, version: 'v4.0.0' }));
    expect(text).toContain('BanksV400');
    expect(text).toContain(prefix === '' ? '/obp/v4.0.0"' : '"/obp/v4.0.0/banks"');
    expect(text).not.toContain('CustomerV310');
  });

  it('has one tag for each operation and the others beside it, or all of them', () => {
    const all = operationsOf(build(endpoints, { public_url, operation_tags: 'all' }) as unknown as Document);
    const tagsOf = new Map(endpoints.map(({ method, tags }) => [method.name, tags]));
    expect(tagsOf.size).toBe(endpoints.length);
    expect(all.flatMap(({ tags }) => tags).sort()).toEqual([...tagsOf.values()].flat().sort());
    expect(all.filter((operation) => 'x-other-tags' in operation)).toEqual([]);
    expect(operations.map(({ tags, 'x-other-tags': others = [] }) => [...tags, ...(others as string[])])).toEqual(
      all.map(({ tags }) => tags),
    );
    expect(operations.filter(({ tags }) => tags.length !== 1)).toEqual([]);
    // Tags that no operation uses are not described.
    expect((document['tags'] as { name: string }[]).map(({ name }) => name)).toEqual(
      [...new Set(operations.flatMap(({ tags }) => tags))].sort(),
    );
  });

  it('has for each operation what the edge may answer before it', () => {
    const statusesOf = ({ responses }: Operation): string[] => Object.keys(responses);
    const always = ['400', '401', '404', '408', '413', '429', '431', '500'];
    for (const operation of operations)
      expect([operation.operationId, statusesOf(operation)]).toEqual([
        operation.operationId,
        expect.arrayContaining(always),
      ]);
  });

  it('is under 4 MB', () => {
    expect(JSON.stringify(document).length).toBeLessThan(4_000_000);
  });
});

describe('the OpenAPI document', () => {
  const createCustomer = openApi.paths['/banks/{BANK_ID}/customers']?.['post'] as Operation;

  it('is of version 3.1 and says where the instance is', () => {
    expect(openApi).toMatchObject({
      openapi: '3.1.0',
      info: { version: 'v5.1.0', license: { identifier: 'Apache-2.0' } },
      servers: [{ url: 'https://api.bank.test/obp/v5.1.0' }],
    });
  });

  it('names the operation as OBP does, with its roles', () => {
    expect(createCustomer).toMatchObject({
      'x-operation-id': 'OBPv5.0.0-createCustomer',
      'x-roles': [
        { role: 'CanCreateCustomer', requires_bank_id: true },
        { role: 'CanCreateCustomerAtAnyBank', requires_bank_id: false },
      ],
      security: [{ DirectLogin: [] }, { Bearer: [] }],
    });
    expect(openApi.paths['/banks']?.['get']).toMatchObject({ 'x-roles': [], security: [] });
    expect(openApi.paths['/api/glossary']?.['get']).toMatchObject({
      security: [{}, { DirectLogin: [] }, { Bearer: [] }],
    });
    expect(openApi.components.securitySchemes).toMatchObject({
      DirectLogin: { type: 'apiKey', in: 'header', name: 'DirectLogin' },
      Bearer: { type: 'http', scheme: 'bearer' },
    });
    expect(Object.keys(openApi.components.securitySchemes)).toHaveLength(2);
  });

  it('has what a body must have, and what may be null', () => {
    const { required, properties } = openApi.components.schemas['PostCustomerJsonV310'] as {
      required: string[];
      properties: Record<string, object>;
    };
    expect(required).toEqual(expect.arrayContaining(['legal_name', 'mobile_phone_number']));
    expect(required).not.toContain('email');
    expect(properties).toMatchObject({
      legal_name: { type: 'string', examples: ['Eveline Tripman'] },
      email: { type: ['string', 'null'] },
      dependants: { type: ['integer', 'null'], format: 'int32' },
    });
    expect(openApi.components.schemas['CustomersV300']?.required).toEqual(['customers']);
  });

  it('groups the failures by status, with an example each', () => {
    expect(Object.keys(createCustomer.responses)).toEqual([
      '201',
      '400',
      '401',
      '403',
      '404',
      '408',
      '413',
      '415',
      '429',
      '431',
      '500',
    ]);
    expect(createCustomer.responses['400']?.content?.['application/json']).toMatchObject({
      schema: { $ref: '#/components/schemas/Failure' },
      examples: {
        'OBP-30006': {
          value: { code: 400, message: expect.stringMatching(/^OBP-30006: Customer Number already exists/) },
        },
      },
    });
    const codesOf = (path: string, status: string) =>
      Object.keys(openApi.paths[path]?.['get']?.responses[status]?.content?.['application/json']?.examples ?? {});
    expect(codesOf('/banks/{BANK_ID}/customers', '400')).toEqual(
      expect.arrayContaining(['OBP-10016', 'OBP-10034', 'OBP-09016', 'OBP-09017']),
    );
    expect(codesOf('/banks/{BANK_ID}/customers', '404')).toEqual(expect.arrayContaining(['OBP-30001', 'OBP-10404']));
    expect(codesOf('/banks', '401')).toContain('OBP-20003');
    expect(codesOf('/banks', '401')).not.toContain('OBP-20001');
    expect(createCustomer.responses['429']).toEqual({ $ref: '#/components/responses/TooManyRequests' });
  });

  it('has the answers that are no message', () => {
    const contentOf = (path: string, verb: string, status: string) =>
      openApi.paths[path]?.[verb]?.responses[status]?.content;
    expect(
      contentOf('/management/cascading/banks/{BANK_ID}/customers/{CUSTOMER_ID}', 'delete', '200')?.['application/json'],
    ).toEqual({ schema: { type: 'boolean' }, example: true });
    expect(
      contentOf('/banks/{BANK_ID}/customer-account-links/{CUSTOMER_ACCOUNT_LINK_ID}', 'delete', '204'),
    ).toBeUndefined();
    expect(contentOf('/api/versions', 'get', '200')?.['application/json']?.schema).toEqual({
      type: 'object',
      additionalProperties: true,
    });
  });

  it('has a list as a body, any object as a body, and other query parameters', () => {
    const bodyOf = (path: string) =>
      (openApi.paths[path]?.['post']?.['requestBody'] as { content: Record<string, { schema: object }> }).content[
        'application/json'
      ]?.schema;
    expect(bodyOf('/management/authentication-type-validations/{OPERATION_ID}')).toEqual({
      type: 'array',
      items: { type: 'string' },
    });
    expect(openApi.components.schemas['Struct']).toMatchObject({ type: 'object', additionalProperties: true });
    expect(openApi.paths['/banks/{BANK_ID}/firehose/customers']?.['get']?.parameters).toEqual(
      expect.arrayContaining([expect.objectContaining({ name: 'filters', style: 'form', explode: true })]),
    );
    expect(openApi.paths['/resource-docs/{API_VERSION}/obp']?.['get']?.parameters).toEqual(
      expect.arrayContaining([expect.objectContaining({ name: 'api-collection-id' })]),
    );
  });
});

describe('the OpenAPI 3.0 document', () => {
  it('says so, and writes null and examples as that version does', () => {
    expect(openApi30).toMatchObject({
      openapi: '3.0.3',
      info: { license: { url: expect.stringContaining('apache.org') } },
    });
    expect(openApi30.components.schemas['PostCustomerJsonV310']?.properties).toMatchObject({
      email: { type: 'string', nullable: true, example: 'felixsmith@example.com' },
      credit_limit: { type: 'object', allOf: [{ $ref: '#/components/schemas/CreditLimit' }], nullable: true },
    });
    expect(openApi30.components.schemas['CreditLimit']?.example).toEqual({ currency: 'EUR', amount: '1000.00' });
    expect(JSON.stringify(openApi30)).not.toMatch(/"type":(\[|"null")|"examples":\[/);
  });

  it('has the same operations', () => {
    expect(operationsOf(openApi30).map(({ operationId }) => operationId)).toEqual(
      operationsOf(openApi).map(({ operationId }) => operationId),
    );
  });
});

describe('the Swagger document', () => {
  it('is of version 2.0 and says where the instance is', () => {
    expect(swagger).toMatchObject({ swagger: '2.0', host: 'api.bank.test', basePath: '/', schemes: ['https'] });
    expect(buildSwagger([], { public_url: 'http://127.0.0.1:8080/bank/' })).toMatchObject({
      host: '127.0.0.1:8080',
      basePath: '/bank',
      schemes: ['http'],
    });
  });

  it('has whole paths, and logins for all of them', () => {
    expect(Object.keys(swagger.paths).filter((path) => !path.startsWith('/obp/v5.1.0/'))).toEqual([]);
    expect(swagger).toMatchObject({
      security: [{ DirectLogin: [] }, { Bearer: [] }],
      paths: { '/obp/v5.1.0/banks': { get: { security: [] } } },
    });
  });

  it('has the body first among the parameters', () => {
    const withBody = Object.values(swagger.paths)
      .flatMap((path) => Object.values(path))
      .filter(({ parameters }) => parameters?.some((parameter) => parameter.in === 'body'));
    expect(withBody).toHaveLength(endpoints.filter(({ body }) => body !== undefined).length);
    expect(withBody.filter(({ parameters }) => parameters?.[0]?.in !== 'body')).toEqual([]);
  });

  it('has definitions with what is required and an example', () => {
    expect(swagger.definitions['CreditLimit']).toMatchObject({
      required: ['currency', 'amount'],
      example: { currency: 'EUR', amount: '1000.00' },
    });
    expect(swagger.definitions['PostCustomerJsonV310']?.properties).toMatchObject({
      email: { type: 'string', 'x-nullable': true, example: 'felixsmith@example.com' },
    });
  });
});
