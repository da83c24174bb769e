import type { DescField } from '@bufbuild/protobuf';
import type { Endpoint } from '../endpoint.js';
import { about, logins } from './about.js';
import type { DocumentBuilder } from './builder.js';
import { overview } from './description.js';
import { exampleOfField, exampleOfMessage, exampleResponse } from './example.js';
import { explanationOf } from './explanations.js';
import { type FailureGroup, failureResponses, reasonOf, sharedFailures } from './failures.js';
import type { JsonObject } from './json.js';
import { schemaOfField, schemaOfMessage, schemaOfResponse, swaggerDialect } from './json-schema.js';
import { memo } from './memo.js';
import type { ApiDocumentOptions } from './openapi.js';
import { failureSchema, loginsOf, pathsOf, securityOf } from './operations.js';
import { pathFields, takesOthers } from './parameters.js';
import { createSchemas } from './shapes.js';
import { describeTags } from './tags.js';
import { queryName } from './vocabulary.js';

/** The Swagger 2.0 document of the operations. */
export function buildSwagger(endpoints: readonly Endpoint[], options: ApiDocumentOptions): JsonObject {
  return createSwaggerBuilder().build(endpoints, options);
}

/** Builds Swagger 2.0 documents. */
export function createSwaggerBuilder(): DocumentBuilder<ApiDocumentOptions> {
  const operationOf = memo(operation);
  const definitionsOf = createSchemas(({ message, answered }) => ({
    ...schemaOfMessage(message, swaggerDialect, { answered }),
    example: exampleOfMessage(message),
  }));
  return {
    prepare: operationOf,
    build: (endpoints, options) => {
      // Full paths, because some clients join them to the host only.
      const paths = pathsOf(endpoints, operationOf, { ...options, prefix: `/obp/${options.version ?? about.version}` });
      return {
        ...headOf(options),
        consumes: ['application/json'],
        produces: ['application/json'],
        securityDefinitions,
        security: loginsOf(Object.keys(securityDefinitions)),
        tags: describeTags(paths),
        paths,
        responses,
        definitions: { ...definitionsOf(endpoints), Failure: failureSchema(swaggerDialect.example) },
      };
    },
  };
}

function headOf({ public_url, version = about.version }: ApiDocumentOptions): JsonObject {
  const { host, protocol, pathname } = new URL(public_url);
  const { name, url } = about.license;
  return {
    swagger: '2.0',
    info: {
      title: about.title,
      version,
      description: about.description,
      license: { name, url },
      contact: { name: about.title, url: public_url },
    },
    host,
    basePath: pathname.replace(/(.)\/+$/, '$1'),
    schemes: [protocol.replace(':', '')],
  };
}

const securityDefinitions: JsonObject = {
  DirectLogin: { type: 'apiKey', in: 'header', name: 'DirectLogin', description: logins.directLogin },
  Bearer: { type: 'apiKey', in: 'header', name: 'Authorization', description: `\`Bearer TOKEN\`. ${logins.bearer}` },
};

function operation(endpoint: Endpoint): JsonObject {
  // Swagger cannot express "any other parameter"; the description mentions it.
  const query = endpoint.query.filter((field) => !takesOthers(field));
  const parameters = [
    ...bodyParameter(endpoint),
    ...pathFields(endpoint).map(pathParameter),
    ...query.map(queryParameter),
  ];
  return {
    summary: endpoint.summary,
    description: overview(endpoint),
    ...(parameters.length === 0 ? {} : { parameters }),
    responses: {
      [String(endpoint.success_status)]: success(endpoint),
      ...failureResponses(endpoint, '#/responses/', failure),
    },
    security: securityOf(endpoint, Object.keys(securityDefinitions)),
  };
}

function bodyParameter({ body }: Endpoint): JsonObject[] {
  return body === undefined
    ? []
    : [
        {
          in: 'body',
          name: 'body',
          description: body.message?.name ?? body.name,
          required: true,
          schema: schemaOfField(body, swaggerDialect),
        },
      ];
}

function pathParameter(field: DescField): JsonObject {
  return {
    in: 'path',
    name: field.name.toUpperCase(),
    description: explanationOf(field),
    required: true,
    ...schemaOfField(field, swaggerDialect),
    'x-example': exampleOfField(field),
  };
}

function queryParameter(field: DescField): JsonObject {
  return {
    in: 'query',
    name: queryName(field),
    description: explanationOf(field),
    required: false,
    ...schemaOfField(field, swaggerDialect),
    'x-example': exampleOfField(field),
  };
}

function success(endpoint: Endpoint): JsonObject {
  const schema = schemaOfResponse(endpoint, swaggerDialect);
  return {
    description: reasonOf(endpoint.success_status),
    ...(schema === undefined ? {} : { schema, examples: { 'application/json': exampleResponse(endpoint) } }),
  };
}

/** A status can have only one example; the other failures are listed in its description. */
function failure({ status, failures: all }: FailureGroup): JsonObject {
  const description = all.map(({ text }) => `* ${text}`).join('\n');
  return {
    description,
    schema: { $ref: '#/definitions/Failure' },
    examples: { 'application/json': { code: status, message: all[0]?.text ?? reasonOf(status) } },
  };
}

const responses: JsonObject = Object.fromEntries([...sharedFailures].map(([name, group]) => [name, failure(group)]));
