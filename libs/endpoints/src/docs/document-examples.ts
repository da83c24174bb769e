import type { JsonValue } from './json.js';

const resourceDocs = {
  resource_docs: [
    {
      operation_id: 'OBPv4.0.0-getBanks',
      implemented_by: { version: 'OBPv4.0.0', function: 'getBanks' },
      request_verb: 'GET',
      request_url: '/obp/v4.0.0/banks',
      summary: 'Get Banks',
    },
  ],
  meta: { response_date: '2024-03-05T12:14:22Z', count: 1 },
};

/** Short examples of the documents that the platform computes, by the rpc's name. */
export const documentExamples: Readonly<Record<string, JsonValue>> = {
  GetResourceDocsObp: resourceDocs,
  GetBankLevelDynamicResourceDocsObp: { resource_docs: [], meta: { response_date: '2024-03-05T12:14:22Z', count: 0 } },
  GetResourceDocsSwagger: { swagger: '2.0', info: { title: 'Customer platform', version: 'v5.1.0' }, paths: {} },
  GetResourceDocsOpenAPI31: { openapi: '3.1.0', info: { title: 'Customer platform', version: 'v5.1.0' }, paths: {} },
  GetMessageDocs: { message_docs: [{ process: 'obp.getBanks', message_format: 'protobuf', description: 'Banks.' }] },
  GetApiGlossary: {
    glossary_items: [
      {
        title: 'Bank',
        description: { markdown: 'A **bank** owns customers.', html: '<p>A <strong>bank</strong> owns customers.</p>' },
      },
    ],
  },
  GetScannedApiVersions: {
    scanned_api_versions: [{ urlPrefix: 'obp', apiStandard: 'obp', apiShortVersion: 'v5.1.0', API_VERSION: 'v5.1.0' }],
  },
};
