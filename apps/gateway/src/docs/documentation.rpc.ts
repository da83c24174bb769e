import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type ApiDocumentOptions,
  buildApiVersions,
  buildGlossary,
  buildMessageDocs,
  connectors,
  createOpenApiBuilder,
  createResourceDocsBuilder,
  createSwaggerBuilder,
  type DocumentBuilder,
  type Endpoint,
  filterEndpoints,
  type ResourceDocsOptions,
} from '@platform/endpoints';
import { fail } from '@platform/failure';
import { bind, type BoundService, type Call, rpc } from '@platform/grpc';
import {
  ApiCollectionServiceDefinition,
  DocumentationServiceDefinition,
  Failure,
  type GetResourceDocsObpRequest,
  type HttpBody,
} from '@platform/messages';
import { type Clock, systemClock } from '@platform/runtime';
import type { Backend } from '../calls/backend.js';
import type { Versions } from '../rest/target.js';
import {
  type DocsForm,
  type DocsRequest,
  readDocsFilter,
  readDocsVersion,
  readOpenApiVersion,
  readOperationTags,
} from './docs-request.js';
import { createDocuments } from './documents.js';

export interface DocumentationOptions {
  /** The operations of this instance. */
  readonly endpoints: readonly Endpoint[];
  readonly public_url: string;
  /** The versions of this instance. */
  readonly versions: Versions;
  readonly clock?: Clock;
}

/** A document takes 0.8 MB at most. */
const documentsKept = 64;

const collectionEndpoints = rpc(ApiCollectionServiceDefinition, 'getApiCollectionEndpoints');

/** The documentation of this instance. Each document is computed in pieces when it is first requested. */
export function createDocumentation(
  backend: Pick<Backend, 'asServiceStream'>,
  options: DocumentationOptions,
): BoundService {
  const { endpoints, public_url, versions } = options;
  const documents = createDocuments(documentsKept);
  const started = onceOf(options.clock ?? systemClock);
  const resourceDocs = createResourceDocsBuilder();
  const swagger = createSwaggerBuilder();

  const wanted = async (request: GetResourceDocsObpRequest, { correlation_id }: Call): Promise<readonly Endpoint[]> => {
    const { api_collection_id } = request;
    if (api_collection_id == null || api_collection_id === '')
      return filterEndpoints(endpoints, readDocsFilter(request));
    return filterEndpoints(endpoints, { operation_ids: await collected(api_collection_id, correlation_id) });
  };
  // Only ids of operations that exist are held in memory: a collection may be long.
  const collected = async (api_collection_id: string, correlation_id: string): Promise<string[]> => {
    const known = new Set(endpoints.map(({ operation_id }) => operation_id));
    const ids = new Set<string>();
    for await (const { api_collection_endpoints } of backend.asServiceStream(
      collectionEndpoints,
      { api_collection_id },
      correlation_id,
    )) {
      for (const { operation_id } of api_collection_endpoints) if (known.has(operation_id)) ids.add(operation_id);
    }
    return [...ids];
  };
  const documentOf =
    <Options>(
      kind: string,
      builder: DocumentBuilder<Options>,
      optionsOf: (version: string, form: DocsForm) => Options,
    ) =>
    async (request: GetResourceDocsObpRequest & DocsForm, call: Call): Promise<HttpBody> => {
      const options = optionsOf(readDocsVersion(request, versions.documentation), request);
      const some = await wanted(request, call);
      const which = some.length === endpoints.length ? 'all' : some.map(({ operation_id }) => operation_id).join();
      return documents.of(`${kind} ${JSON.stringify(options)} ${which}`, async () => {
        await prepared(builder, some);
        return builder.build(some, options);
      });
    };
  // Operations are not served under a prefix that is for documentation only.
  const served = (version: string): string =>
    [version, 'v5.1.0', ...versions.operations].find((one) => versions.operations.has(one)) ?? version;
  const api = (version: string, form: DocsForm): ApiDocumentOptions => ({
    public_url,
    version: served(version),
    operation_tags: readOperationTags(form),
  });
  const obp = (version: string): ResourceDocsOptions => ({ version: served(version), computed_at: started() });

  const openApi = {
    '3.1': documentOf('openapi 3.1', createOpenApiBuilder('3.1'), api),
    '3.0': documentOf('openapi 3.0', createOpenApiBuilder('3.0'), api),
  };

  return bind(DocumentationServiceDefinition, {
    getResourceDocsObp: documentOf('obp', resourceDocs, obp),
    getResourceDocsSwagger: documentOf('swagger', swagger, api),
    getResourceDocsOpenAPI31: (request, call) => openApi[readOpenApiVersion(request)](request, call),
    async getBankLevelDynamicResourceDocsObp(request: DocsRequest) {
      const version = readDocsVersion(request, versions.documentation);
      return documents.of(`bank ${version}`, () => resourceDocs.build([], obp(version)));
    },
    async getMessageDocs({ connector }) {
      if (!connectors.includes(connector))
        return fail(
          Failure.FAILURE_INVALID_CONNECTOR,
          ` Current Input is ${connector}. It should be eg: ${connectors[0] as string}...`,
        );
      return documents.of('messages', () => buildMessageDocs(endpoints));
    },
    getApiGlossary: async () => documents.of('glossary', buildGlossary),
    getScannedApiVersions: async () => documents.of('versions', () => buildApiVersions([...versions.operations])),
  });
}

/** Lets other requests run in between: all operations together take a third of a second. */
async function prepared<Options>(builder: DocumentBuilder<Options>, endpoints: readonly Endpoint[]): Promise<void> {
  for (const endpoint of endpoints) {
    builder.prepare(endpoint);
    await nextTurn();
  }
}

/** The time of the first request, used for all documents: so a document that is computed again is the same. */
function onceOf(clock: Clock): () => Date {
  let first: Date | undefined;
  return () => (first ??= new Date(clock()));
}
