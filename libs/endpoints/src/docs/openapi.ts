import type { DescField } from '@bufbuild/protobuf';
import type { Endpoint } from '../endpoint.js';
import { about, logins } from './about.js';
import type { DocumentBuilder } from './builder.js';
import { overview } from './description.js';
import { exampleOfField, exampleOfMessage, exampleResponse, exampleToSend } from './example.js';
import { explanationOf } from './explanations.js';
import { type FailureGroup, failureResponses, reasonOf, sharedFailures } from './failures.js';
import type { JsonObject } from './json.js';
import { type Dialect, schemaOfField, schemaOfMessage, schemaOfResponse } from './json-schema.js';
import { memo } from './memo.js';
import { type OpenApiForm, openApiForms, type OpenApiVersion } from './openapi-versions.js';
import { failureSchema, type OperationTags, pathsOf, securityOf } from './operations.js';
import { pathFields, takesOthers } from './parameters.js';
import { createSchemas } from './shapes.js';
import { describeTags } from './tags.js';
import { queryName, roleFacts } from './vocabulary.js';

export interface ApiDocumentOptions {
  /** How clients reach the instance, e.g. "https://api.example.com". */
  readonly public_url: string;
  /** The prefix of its paths; default v5.1.0. */
  readonly version?: string;
  /** Default `first`: only the first tag; the others are in `x-other-tags`. */
  readonly operation_tags?: OperationTags;
}

/** The OpenAPI document of the operations. */
export function buildOpenApi(
  endpoints: readonly Endpoint[],
  options: ApiDocumentOptions,
  version?: OpenApiVersion,
): JsonObject {
  return createOpenApiBuilder(version).build(endpoints, options);
}

/** Builds documents in one version of OpenAPI. */
export function createOpenApiBuilder(version: OpenApiVersion = '3.1'): DocumentBuilder<ApiDocumentOptions> {
  const form = openApiForms[version];
  const { dialect } = form;
  const operationOf = memo((endpoint: Endpoint) => operation(endpoint, dialect));
  const schemasOf = createSchemas(({ message, answered }) => ({
    ...schemaOfMessage(message, dialect, { answered }),
    ...dialect.example(exampleOfMessage(message)),
  }));
  const responses = Object.fromEntries([...sharedFailures].map(([name, group]) => [name, failure(group)]));
  return {
    prepare: operationOf,
    build: (endpoints, options) => {
      const paths = pathsOf(endpoints, operationOf, options);
      const schemas = { ...schemasOf(endpoints), Failure: failureSchema(dialect.example) };
      return {
        ...headOf(form, options),
        tags: describeTags(paths),
        paths,
        components: { securitySchemes, headers: headerSchemas, responses, schemas },
      };
    },
  };
}

function headOf(
  { openapi, license }: OpenApiForm,
  { public_url, version = about.version }: ApiDocumentOptions,
): JsonObject {
  return {
    openapi,
    info: {
      title: about.title,
      version,
      description: about.description,
      license,
      contact: { name: about.title, url: public_url },
    },
    servers: [{ url: `${public_url.replace(/\/+$/, '')}/obp/${version}` }],
  };
}

const securitySchemes: JsonObject = {
  DirectLogin: { type: 'apiKey', in: 'header', name: 'DirectLogin', description: logins.directLogin },
  Bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: logins.bearer },
};

const headerSchemas: JsonObject = {
  'Correlation-Id': { description: 'By this the operator finds the request in the log.', schema: { type: 'string' } },
};

function operation(endpoint: Endpoint, dialect: Dialect): JsonObject {
  const parameters = [
    ...pathFields(endpoint).map((field) => pathParameter(field, dialect)),
    ...endpoint.query.map((field) => queryParameter(field, dialect)),
  ];
  return {
    summary: endpoint.summary,
    description: overview(endpoint),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(endpoint.body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: json(schemaOfField(endpoint.body, dialect), { example: exampleToSend(endpoint.body) }),
          },
        }),
    responses: {
      [String(endpoint.success_status)]: success(endpoint, dialect),
      ...failureResponses(endpoint, '#/components/responses/', failure),
    },
    security: securityOf(endpoint, Object.keys(securitySchemes)),
    'x-operation-id': endpoint.operation_id,
    'x-roles': endpoint.roles.map((role) => ({ ...roleFacts(role) })),
  };
}

function pathParameter(field: DescField, dialect: Dialect): JsonObject {
  return {
    name: field.name.toUpperCase(),
    in: 'path',
    required: true,
    description: explanationOf(field),
    schema: schemaOfField(field, dialect),
    example: exampleOfField(field),
  };
}

function queryParameter(field: DescField, dialect: Dialect): JsonObject {
  const description = explanationOf(field);
  if (takesOthers(field))
    return {
      name: field.name,
      in: 'query',
      description,
      style: 'form',
      explode: true,
      schema: { type: 'object', additionalProperties: { type: 'string' } },
    };
  return {
    name: queryName(field),
    in: 'query',
    description,
    schema: schemaOfField(field, dialect),
    example: exampleOfField(field),
  };
}

const headers = { 'Correlation-Id': { $ref: '#/components/headers/Correlation-Id' } } as const;

function success(endpoint: Endpoint, dialect: Dialect): JsonObject {
  const schema = schemaOfResponse(endpoint, dialect);
  return {
    description: reasonOf(endpoint.success_status),
    headers,
    ...(schema === undefined ? {} : { content: contentOf(endpoint, schema) }),
  };
}

/** Server-sent events are a text; the messages that they have are described by their name. */
function contentOf(endpoint: Endpoint, schema: JsonObject): JsonObject {
  const example = { example: exampleResponse(endpoint) };
  return endpoint.event_stream ? { 'text/event-stream': { schema, ...example } } : json(schema, example);
}

function failure({ status, failures: all }: FailureGroup): JsonObject {
  const examples = Object.fromEntries(
    all.map(({ text }) => [text.split(':', 1)[0] as string, { value: { code: status, message: text } }]),
  );
  return {
    description: reasonOf(status),
    headers,
    content: json({ $ref: '#/components/schemas/Failure' }, { examples }),
  };
}

function json(schema: JsonObject, example: JsonObject): JsonObject {
  return { 'application/json': { schema, ...example } };
}
