import { type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';
import { FeatureSet_FieldPresence } from '@bufbuild/protobuf/wkt';
import { Failure, Format } from '@platform/descriptors';
import type { Endpoint } from '../endpoint.js';
import { documentedFields, ruleOf } from '../read.js';
import { exampleOfField } from './example.js';
import type { JsonObject, JsonValue } from './json.js';
import { isAnyObject, isDocument, isNothing } from './vocabulary.js';

/** How a document writes the parts that differ between versions of JSON Schema. */
export interface Dialect {
  /** A reference to the schema of a message. */
  ref(message: DescMessage): JsonObject;
  /** The same schema, which also accepts null. */
  nullable(schema: JsonObject): JsonObject;
  /** The member that carries an example. */
  example(value: JsonValue): JsonObject;
}

const inComponents = ({ name }: DescMessage): JsonObject => ({ $ref: `#/components/schemas/${name}` });

/**
 * OpenAPI 3.0: its own dialect, in which a reference can have no members beside it and `nullable` needs a type beside
 * it: every referenced schema is an object.
 */
export const openApi30Dialect: Dialect = {
  ref: inComponents,
  nullable: (schema): JsonObject =>
    '$ref' in schema ? { type: 'object', allOf: [schema], nullable: true } : { ...schema, nullable: true },
  example: (value) => ({ example: value }),
};

/** OpenAPI 3.1: JSON Schema 2020-12. */
export const openApi31Dialect: Dialect = {
  ref: inComponents,
  nullable: (schema): JsonObject =>
    typeof schema['type'] === 'string'
      ? { ...schema, type: [schema['type'], 'null'] }
      : { anyOf: [schema, { type: 'null' }] },
  example: (value) => ({ examples: [value] }),
};

/** Swagger 2.0: it has no null, so this uses the extension that its tools know. */
export const swaggerDialect: Dialect = {
  ref: ({ name }) => ({ $ref: `#/definitions/${name}` }),
  nullable: (schema) => ('$ref' in schema ? schema : { ...schema, 'x-nullable': true }),
  example: (value) => ({ example: value }),
};

/** One schema without references, for the typed bodies of the resource docs. */
export const inlineDialect: Dialect = {
  ref: (message) => schemaOfMessage(message, inlineDialect, { answered: false }),
  nullable: (schema) => schema,
  example: () => ({}),
};

const anyObject: JsonObject = { type: 'object', additionalProperties: true };

/** How a message is used. */
export interface Use {
  /** The message occurs only in responses, where lists are always present. */
  readonly answered: boolean;
}

/** @throws Error when the message has a field that a JSON body cannot have */
export function schemaOfMessage(message: DescMessage, dialect: Dialect, use: Use): JsonObject {
  if (isAnyObject(message)) return anyObject;
  const required = requiredNames(message, use);
  return {
    type: 'object',
    ...(required.length === 0 ? {} : { required }),
    properties: Object.fromEntries(
      documentedFields(message).map((field) => [field.name, schemaOfMember(field, dialect, use)]),
    ),
  };
}

/** The names of a message's required fields. */
export function requiredNames(message: DescMessage, use: Use): string[] {
  return documentedFields(message)
    .filter((field) => isRequired(field, use))
    .map(({ name }) => name);
}

/** The schema of a field's value, in a body or a parameter. */
export function schemaOfField(field: DescField, dialect: Dialect): JsonObject {
  if (field.fieldKind === 'message') return dialect.ref(field.message);
  if (field.fieldKind === 'list')
    return {
      type: 'array',
      ...maxItems(field),
      items: field.listKind === 'message' ? dialect.ref(field.message) : scalar(field, field.scalar),
    };
  return scalar(field, field.scalar);
}

/** The schema of an operation's answer; undefined when it has no body. */
export function schemaOfResponse(endpoint: Endpoint, dialect: Dialect): JsonObject | undefined {
  if (isNothing(endpoint)) return undefined;
  if (isDocument(endpoint.response)) return anyObject;
  if (endpoint.response_field === undefined) return dialect.ref(endpoint.response);
  return schemaOfField(
    endpoint.response.fields.find(({ name }) => name === endpoint.response_field) as DescField,
    dialect,
  );
}

function schemaOfMember(field: DescField, dialect: Dialect, use: Use): JsonObject {
  const schema = schemaOfField(field, dialect);
  const absent =
    field.fieldKind === 'list'
      ? !isRequired(field, use)
      : field.presence === FeatureSet_FieldPresence.EXPLICIT &&
        !(field.fieldKind === 'message' && ruleOf(field).required);
  const named = field.message === undefined ? { ...schema, ...dialect.example(exampleOfField(field)) } : schema;
  return absent ? dialect.nullable(named) : named;
}

function isRequired(field: DescField, { answered }: Use): boolean {
  if (ruleOf(field).required) return true;
  return field.fieldKind === 'list' ? answered : field.presence !== FeatureSet_FieldPresence.EXPLICIT;
}

function maxItems(field: DescField): JsonObject {
  const { maxItems } = ruleOf(field);
  return maxItems === 0 ? {} : { maxItems };
}

function scalar(field: DescField, type: ScalarType | undefined): JsonObject {
  const { format, maxLen, in: allowed, pattern, id } = ruleOf(field);
  switch (type) {
    case ScalarType.STRING:
      return {
        type: 'string',
        ...(format === Format.DATE_TIME ? { format: 'date-time' } : {}),
        ...(maxLen === 0 ? {} : { maxLength: maxLen }),
        ...(allowed.length === 0 ? {} : { enum: allowed }),
        ...(pattern === '' ? {} : { pattern }),
        ...(id === Failure.UNSPECIFIED ? {} : { pattern: '^[A-Za-z0-9._-]{1,255}$' }),
      };
    case ScalarType.BOOL:
      return { type: 'boolean' };
    case ScalarType.INT32:
      return { type: 'integer', format: 'int32' };
    case ScalarType.DOUBLE:
      return { type: 'number', format: 'double' };
    default:
      throw new Error(`${field.toString()}: this type has no place in JSON`);
  }
}
