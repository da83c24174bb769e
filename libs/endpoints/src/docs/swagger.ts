import type { DescField } from '@bufbuild/protobuf';
import type { Endpoint } from '../endpoint.js';
import { about, logins } from './about.js';
import type { DocumentBuilder } from './builder.js';
import { overview } from './description.js';
import { exampleOfField, exampleOfMessage, exampleResponse } from './example.js';
import { explanationOf } from './explanations.js';
import { failuresByStatus, reasonOf } from './failures.js';
import type { JsonObject } from './json.js';
import { schemaOfField, schemaOfMessage, schemaOfResponse, swaggerDialect } from './json-schema.js';
import { memo } from './memo.js';
import type { ApiDocumentOptions } from './openapi.js';
import { failureSchema, pathsOf, securityOf } from './operations.js';
import { pathFields, takesOthers } from './parameters.js';
import { createSchemas } from './shapes.js';
import { tagsOf } from './tags.js';
import { queryName } from './vocabulary.js';

/** The Swagger 2.0 document of the operations. */
export function buildSwagger(endpoints: readonly Endpoint[], options: ApiDocumentOptions): JsonObject {
  return createSwaggerBuilder().build(endpoints, options);
}

/** Makes Swagger 2.0 documents. */
export function createSwaggerBuilder(): DocumentBuilder<ApiDocumentOptions> {
  const operationOf = memo(operation);
  const definitionsOf = createSchemas(({ message, answered }) => ({ ...schemaOfMessage(message, swaggerDialect, { answered }), example: exampleOfMessage(message) }));
  return {
    prepare: operationOf,
    build: (endpoints, options) => ({
      ...headOf(options),
      consumes: ['application/json'],
      produces: ['application/json'],
      securityDefinitions,
      tags: tagsOf(endpoints),
      paths: pathsOf(endpoints, operationOf),
      definitions: { ...definitionsOf(endpoints), Failure: failureSchema(swaggerDialect.example) },
    }),
  };
}

function headOf({ public_url, version = about.version }: ApiDocumentOptions): JsonObject {
  const { host, protocol, pathname } = new URL(public_url);
  const { name, url } = about.license;
  return {
    swagger: '2.0',
    info: { title: about.title, version, description: about.description, license: { name, url }, contact: { name: about.title, url: public_url } },
    host,
    basePath: `${pathname.replace(/\/+$/, '')}/obp/${version}`,
    schemes: [protocol.replace(':', '')],
  };
}

const securityDefinitions: JsonObject = {
  DirectLogin: { type: 'apiKey', in: 'header', name: 'DirectLogin', description: logins.directLogin },
  Bearer: { type: 'apiKey', in: 'header', name: 'Authorization', description: `\`Bearer TOKEN\`. ${logins.bearer}` },
};

function operation(endpoint: Endpoint): JsonObject {
  // Swagger has no way to say "any other parameter": the description does.
  const query = endpoint.query.filter((field) => !takesOthers(field));
  const parameters = [...bodyParameter(endpoint), ...pathFields(endpoint).map(pathParameter), ...query.map(queryParameter)];
  return {
    tags: endpoint.tags,
    summary: endpoint.summary,
    description: overview(endpoint),
    ...(parameters.length === 0 ? {} : { parameters }),
    responses: { [String(endpoint.success_status)]: success(endpoint), ...failures(endpoint) },
    security: securityOf(endpoint, ['DirectLogin', 'Bearer']),
  };
}

function bodyParameter({ body }: Endpoint): JsonObject[] {
  return body === undefined ? [] : [{ in: 'body', name: 'body', description: body.message?.name ?? body.name, required: true, schema: schemaOfField(body, swaggerDialect) }];
}

function pathParameter(field: DescField): JsonObject {
  return { in: 'path', name: field.name.toUpperCase(), description: explanationOf(field), required: true, ...schemaOfField(field, swaggerDialect), 'x-example': exampleOfField(field) };
}

function queryParameter(field: DescField): JsonObject {
  return { in: 'query', name: queryName(field), description: explanationOf(field), required: false, ...schemaOfField(field, swaggerDialect), 'x-example': exampleOfField(field) };
}

function success(endpoint: Endpoint): JsonObject {
  const schema = schemaOfResponse(endpoint, swaggerDialect);
  return { description: reasonOf(endpoint.success_status), ...(schema === undefined ? {} : { schema, examples: { 'application/json': exampleResponse(endpoint) } }) };
}

/** A status has one example here: the others are named in its description. */
function failures(endpoint: Endpoint): JsonObject {
  const groups = failuresByStatus(endpoint).map(([status, group]): [string, JsonObject] => {
    const description = group.map(({ text }) => `* ${text}`).join('\n');
    return [String(status), { description, schema: { $ref: '#/definitions/Failure' }, examples: { 'application/json': { code: status, message: group[0]?.text ?? reasonOf(status) } } }];
  });
  return Object.fromEntries(groups);
}
