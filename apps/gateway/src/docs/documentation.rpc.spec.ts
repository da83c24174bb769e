import { beforeEach, describe, expect, it } from '@jest/globals';
import { documentedVersions, operationVersions, readEndpoints } from '@platform/endpoints';
import { fail } from '@platform/failure';
import type { Call } from '@platform/grpc';
import { Failure, type HttpBody } from '@platform/messages';
import type { Backend } from '../calls/backend.js';
import { createDocumentation, type DocumentationOptions } from './documentation.rpc.js';

const endpoints = readEndpoints();
const call = { correlation_id: 'c-1' } as Call;

/** Returns the collection "mine" in two messages; any other is unknown. */
const backend = {
  asServiceStream: async function* (_method: unknown, { api_collection_id }: { api_collection_id: string }) {
    if (api_collection_id !== 'mine') fail(Failure.FAILURE_API_COLLECTION_NOT_FOUND);
    for (const operation_id of ['OBPv4.0.0-getBanks', 'OBPv9.9.9-gone'])
      yield { api_collection_endpoints: [{ operation_id }] };
  },
} as unknown as Backend;

type Ask = (rpc: string, request?: object) => Promise<HttpBody>;
let now = 0;

function documentation(options: Partial<DocumentationOptions> = {}): Ask {
  const versions = { operations: new Set<string>(operationVersions), documentation: new Set(documentedVersions) };
  const { handlers } = createDocumentation(backend, {
    endpoints,
    public_url: 'https://api.bank.test',
    versions,
    clock: () => now,
    ...options,
  });
  return (rpc, request = {}) =>
    (handlers as unknown as Record<string, (request: object, call: Call) => Promise<HttpBody>>)[rpc]?.(
      request,
      call,
    ) as Promise<HttpBody>;
}

interface Docs {
  readonly resource_docs: { operation_id: string; specified_url: string }[];
  readonly meta: object;
}

const json = <T>({ data }: HttpBody): T => JSON.parse(String(data)) as T;
let ask: Ask;
const docs = async (request: object): Promise<Docs> =>
  json<Docs>(await ask('getResourceDocsObp', { api_version: 'v5.1.0', ...request }));
const idsOf = async (request: object): Promise<string[]> =>
  (await docs(request)).resource_docs.map(({ operation_id }) => operation_id);

beforeEach(() => {
  now = Date.UTC(2024, 2, 5, 12, 14, 22, 434);
  ask = documentation();
});

describe('resource docs', () => {
  it('are the same bytes for 20 requests at once and for later ones', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => ask('getResourceDocsObp', { api_version: 'v5.1.0' })),
    );
    now += 3_600_000;
    answers.push(await ask('getResourceDocsObp', { api_version: 'OBPv5.1.0', content: 'static', locale: 'en_GB' }));
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]?.content_type).toBe('application/json;charset=utf-8');
    expect(json<Docs>(answers[0] as HttpBody).meta).toEqual({
      response_date: '2024-03-05T12:14:22Z',
      count: endpoints.length,
    });
  });

  it('keep the date of the first ones under other filters', async () => {
    await docs({});
    now += 3_600_000;
    expect((await docs({ tags: 'Bank' })).meta).toMatchObject({ response_date: '2024-03-05T12:14:22Z' });
  });

  it.each(documentedVersions)('of %s have its URLs', async (version) => {
    const { resource_docs } = await docs({ api_version: version, functions: 'getBanks' });
    expect(resource_docs.map(({ specified_url }) => specified_url)).toEqual([
      `/obp/${version === 'v7.0.0' ? 'v5.1.0' : version}/banks`,
    ]);
  });

  it('are filtered by tags, functions, content and collection', async () => {
    expect(await idsOf({ tags: 'FirehoseData, nothing' })).toEqual(['OBPv3.1.0-getFirehoseCustomers']);
    expect(await idsOf({ functions: 'createAgent,getBanks', tags: 'Bank' })).toEqual(['OBPv4.0.0-getBanks']);
    expect(await idsOf({ tags: ' , ' })).toHaveLength(endpoints.length);
    expect(await idsOf({ content: 'Dynamic' })).toEqual([]);
    expect(await idsOf({ content: 'all', language: 'es_ES' })).toHaveLength(endpoints.length);
    expect(await idsOf({ api_collection_id: 'mine', tags: 'Customer', content: 'dynamic' })).toEqual([
      'OBPv4.0.0-getBanks',
    ]);
  });

  it('leave out what this instance does not have', async () => {
    ask = documentation({ endpoints: endpoints.filter(({ operation_id }) => operation_id !== 'OBPv4.0.0-getBanks') });
    expect(await idsOf({ functions: 'getBanks' })).toEqual([]);
  });

  it.each<[string, object, string]>([
    [
      'an unknown version',
      { api_version: 'v9.9.9' },
      'OBP-00027: Invalid API Version string. We could not find the version specified. v9.9.9',
    ],
    [
      'an unknown language',
      { locale: 'de_DE' },
      'OBP-10041: This locale is not supported. Only the following can be used: en_GB , es_ES.',
    ],
    ['an unknown language by its other name', { locale: 'en_GB', language: 'de_DE' }, 'OBP-10041: '],
    ['an unknown collection', { api_collection_id: 'other' }, 'OBP-30079: '],
  ])('refuse %s', async (_name, request, message) => {
    await expect(docs(request)).rejects.toThrow(message);
  });

  it('refuse a version that is switched off', async () => {
    ask = documentation({
      versions: { operations: new Set(['v5.1.0']), documentation: new Set(['v5.1.0', 'v7.0.0']) },
    });
    await expect(docs({ api_version: 'v4.0.0' })).rejects.toThrow('OBP-00008: ');
    expect((await docs({ api_version: 'v7.0.0', functions: 'getBanks' })).resource_docs[0]?.specified_url).toBe(
      '/obp/v5.1.0/banks',
    );
  });

  it('of a bank are none', async () => {
    expect(json(await ask('getBankLevelDynamicResourceDocsObp', { bank_id: 'b', api_version: 'v5.1.0' }))).toEqual({
      resource_docs: [],
      meta: { response_date: '2024-03-05T12:14:22Z', count: 0 },
    });
    await expect(ask('getBankLevelDynamicResourceDocsObp', { bank_id: 'b', api_version: 'v0.0.0' })).rejects.toThrow(
      'OBP-00027: ',
    );
  });
});

describe('the other documents', () => {
  it('are OpenAPI and Swagger with the same filters, and the prefix that the operations have', async () => {
    const openApi = json<{ servers: object[]; paths: object }>(
      await ask('getResourceDocsOpenAPI31', { api_version: 'v7.0.0', functions: 'getBanks' }),
    );
    expect(openApi.servers).toEqual([{ url: 'https://api.bank.test/obp/v5.1.0' }]);
    expect(Object.keys(openApi.paths)).toEqual(['/banks']);
    const swagger = json<{ basePath: string; paths: object }>(
      await ask('getResourceDocsSwagger', { api_version: 'v4.0.0', tags: 'FirehoseData' }),
    );
    expect(Object.keys(swagger.paths)).toEqual(['/obp/v4.0.0/banks/{BANK_ID}/firehose/customers']);
    await expect(ask('getResourceDocsSwagger', { api_version: 'nonsense' })).rejects.toThrow('OBP-00027: ');
  });

  it('are written as they are asked for', async () => {
    type Written = { openapi?: string; paths: Record<string, { get: { tags: string[] } }> };
    const firehose = async (rpc: string, form: object) =>
      json<Written>(await ask(rpc, { api_version: 'v5.1.0', tags: 'FirehoseData', ...form }));
    const tagsOf = ({ paths }: Written) => Object.values(paths)[0]?.get.tags;
    for (const rpc of ['getResourceDocsSwagger', 'getResourceDocsOpenAPI31']) {
      expect(tagsOf(await firehose(rpc, {}))).toEqual(['Customer']);
      expect(tagsOf(await firehose(rpc, { operation_tags: 'all' }))).toEqual(
        expect.arrayContaining(['Customer', 'FirehoseData']),
      );
      await expect(firehose(rpc, { operation_tags: 'some' })).rejects.toThrow(
        'OBP-10016: Incorrect filter Parameters in URL. operation_tags must be first or all.',
      );
    }
    expect((await firehose('getResourceDocsOpenAPI31', { openapi_version: '3.0' })).openapi).toBe('3.0.3');
    expect((await firehose('getResourceDocsOpenAPI31', { openapi_version: '' })).openapi).toBe('3.1.0');
    await expect(firehose('getResourceDocsOpenAPI31', { openapi_version: '2.0' })).rejects.toThrow(
      'OBP-10016: Incorrect filter Parameters in URL. openapi_version must be 3.1 or 3.0.',
    );
  });

  it.each([
    'kafka_vSept2018',
    'akka_vDec2018',
    'rest_vMar2019',
    'stored_procedure_vDec2019',
    'rabbitmq_vOct2024',
    'grpc',
  ])('are the messages behind %s', async (connector) => {
    const { message_docs } = json<{ message_docs: object[] }>(await ask('getMessageDocs', { connector }));
    expect(message_docs.length).toBeGreaterThan(50);
    expect(Object.keys(message_docs[0] ?? {})).toEqual([
      'process',
      'message_format',
      'description',
      'example_outbound_message',
      'example_inbound_message',
      'adapter_implementation',
      'dependent_endpoints',
    ]);
  });

  it('are no messages behind an unknown connector', async () => {
    const message =
      'OBP-30211: Invalid Connector. Please specify a valid value for CONNECTOR. Current Input is x. It should be eg: kafka_vSept2018...';
    await expect(ask('getMessageDocs', { connector: 'x' })).rejects.toThrow(message);
  });

  it('are the glossary and the versions whose operations answer', async () => {
    const { glossary_items } = json<{ glossary_items: { title: string }[] }>(await ask('getApiGlossary'));
    expect(glossary_items.map(({ title }) => title)).toContain('Just in Time Entitlements');
    const { scanned_api_versions } = json<{ scanned_api_versions: { API_VERSION: string }[] }>(
      await ask('getScannedApiVersions'),
    );
    expect(scanned_api_versions.map(({ API_VERSION }) => API_VERSION)).toEqual([...operationVersions]);
  });
});
