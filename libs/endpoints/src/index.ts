export { readEndpoints } from './catalogue.js';
export type { BodyField, Endpoint, Route, Segment, Verb } from './endpoint.js';
export { readEndpoint, ruleOf } from './read.js';
export {
  type ApiDocumentOptions,
  buildApiVersions,
  buildGlossary,
  buildMessageDocs,
  buildOpenApi,
  buildResourceDocs,
  buildSwagger,
  connectors,
  createOpenApiBuilder,
  createResourceDocsBuilder,
  createSwaggerBuilder,
  type DocsFilter,
  type DocumentBuilder,
  documentedVersions,
  filterEndpoints,
  type JsonObject,
  type JsonValue,
  openApiVersions,
  type OpenApiVersion,
  operationTags,
  type OperationTags,
  operationVersions,
  readVersion,
  type ResourceDocsOptions,
} from './docs/index.js';
