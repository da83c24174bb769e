import type { DescField } from '@bufbuild/protobuf';
import type { Endpoint } from '../endpoint.js';
import { about, logins } from './about.js';
import type { DocumentBuilder } from './builder.js';
import { overview } from './description.js';
import { exampleOfField, exampleOfMessage, exampleResponse, exampleToSend } from './example.js';
import { explanationOf } from './explanations.js';
import { failuresByStatus, reasonOf } from './failures.js';
import type { JsonObject } from './json.js';
import { openApiDialect, schemaOfField, schemaOfMessage, schemaOfResponse } from './json-schema.js';
import { memo } from './memo.js';
import { failureSchema, pathsOf, securityOf } from './operations.js';
import { pathFields, takesOthers } from './parameters.js';
import { createSchemas } from './shapes.js';
import { tagsOf } from './tags.js';
import { queryName, roleFacts } from './vocabulary.js';

export interface ApiDocumentOptions {
  /** How clients reach the instance, e.g. "https://api.example.com". */
  readonly public_url: string;
  /** The prefix of its paths; default v5.1.0. */
  readonly version?: string;
}

/** The OpenAPI 3.1 document of the operations. */
export function buildOpenApi(endpoints: readonly Endpoint[], options: ApiDocumentOptions): JsonObject {
  return createOpenApiBuilder().build(endpoints, options);
}

/** Makes OpenAPI 3.1 documents. */
export function createOpenApiBuilder(): DocumentBuilder<ApiDocumentOptions> {
  const operationOf = memo(operation);
  const schemasOf = createSchemas(({ message, answered }) => ({ ...schemaOfMessage(message, openApiDialect, { answered }), examples: [exampleOfMessage(message)] }));
  return {
    prepare: operationOf,
    build: (endpoints, options) => ({
      ...headOf(options),
      tags: tagsOf(endpoints),
      paths: pathsOf(endpoints, operationOf),
      components: { securitySchemes, headers: headerSchemas, schemas: { ...schemasOf(endpoints), Failure: failureSchema(openApiDialect.example) } },
    }),
  };
}

function headOf({ public_url, version = about.version }: ApiDocumentOptions): JsonObject {
  const { name, identifier } = about.license;
  return {
    openapi: '3.1.0',
    info: { title: about.title, version, description: about.description, license: { name, identifier }, contact: { name: about.title, url: public_url } },
    servers: [{ url: `${public_url.replace(/\/+$/, '')}/obp/${version}` }],
  };
}

const securitySchemes: JsonObject = {
  DirectLogin: { type: 'apiKey', in: 'header', name: 'DirectLogin', description: logins.directLogin },
  Bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: logins.bearer },
  OAuth: { type: 'http', scheme: 'oauth', description: logins.oauth },
};

const headerSchemas: JsonObject = { 'Correlation-Id': { description: 'By this the operator finds the request in the log.', schema: { type: 'string' } } };

function operation(endpoint: Endpoint): JsonObject {
  const parameters = [...pathFields(endpoint).map(pathParameter), ...endpoint.query.map(queryParameter)];
  return {
    summary: endpoint.summary,
    description: overview(endpoint),
    tags: endpoint.tags,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(endpoint.body === undefined ? {} : { requestBody: { required: true, content: json(schemaOfField(endpoint.body, openApiDialect), { example: exampleToSend(endpoint.body) }) } }),
    responses: { [String(endpoint.success_status)]: success(endpoint), ...failures(endpoint) },
    security: securityOf(endpoint, ['DirectLogin', 'Bearer', 'OAuth']),
    'x-operation-id': endpoint.operation_id,
    'x-roles': endpoint.roles.map((role) => ({ ...roleFacts(role) })),
  };
}

function pathParameter(field: DescField): JsonObject {
  return { name: field.name.toUpperCase(), in: 'path', required: true, description: explanationOf(field), schema: schemaOfField(field, openApiDialect), example: exampleOfField(field) };
}

function queryParameter(field: DescField): JsonObject {
  const description = explanationOf(field);
  if (takesOthers(field)) return { name: field.name, in: 'query', description, style: 'form', explode: true, schema: { type: 'object', additionalProperties: { type: 'string' } } };
  return { name: queryName(field), in: 'query', description, schema: schemaOfField(field, openApiDialect), example: exampleOfField(field) };
}

const headers = { 'Correlation-Id': { $ref: '#/components/headers/Correlation-Id' } } as const;

function success(endpoint: Endpoint): JsonObject {
  const schema = schemaOfResponse(endpoint, openApiDialect);
  return { description: reasonOf(endpoint.success_status), headers, ...(schema === undefined ? {} : { content: json(schema, { example: exampleResponse(endpoint) }) }) };
}

function failures(endpoint: Endpoint): JsonObject {
  const groups = failuresByStatus(endpoint).map(([status, group]): [string, JsonObject] => {
    const examples = Object.fromEntries(group.map(({ text }) => [text.split(':', 1)[0] as string, { value: { code: status, message: text } }]));
    return [String(status), { description: reasonOf(status), headers, content: json({ $ref: '#/components/schemas/Failure' }, { examples }) }];
  });
  return Object.fromEntries(groups);
}

function json(schema: JsonObject, example: JsonObject): JsonObject {
  return { 'application/json': { schema, ...example } };
}
