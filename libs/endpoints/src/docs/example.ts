import { type DescEnum, type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';
import type { BodyField, Endpoint } from '../endpoint.js';
import { documentedFields, ruleOf } from '../read.js';
import { exampleJsonSchema } from './example-values.js';
import { examplesByName } from './examples.js';
import type { JsonObject, JsonValue } from './json.js';
import { isAnyObject, isDocument, isNothing } from './vocabulary.js';

/** An example of a message as JSON, its keys in the order of the fields. */
export function exampleOfMessage(message: DescMessage): JsonObject {
  if (isAnyObject(message)) return exampleJsonSchema as JsonObject;
  return Object.fromEntries(documentedFields(message).map((field) => [field.name, exampleOfField(field)]));
}

/** An example of a field's value. */
export function exampleOfField(field: DescField): JsonValue {
  const named = namedExample(field);
  if (field.fieldKind === 'list') {
    if (field.listKind === 'enum') return [exampleOfEnum(field.enum)];
    if (field.listKind === 'message') return [exampleOfMessage(field.message)];
    return Array.isArray(named) ? (named as JsonValue) : [named ?? fallback(field.scalar)];
  }
  if (field.fieldKind === 'message') return exampleOfMessage(field.message);
  if (field.fieldKind === 'enum') return exampleOfEnum(field.enum);
  // The name's example is a list, but this field is not: use its first item.
  if (Array.isArray(named)) return (named[0] as JsonValue | undefined) ?? fallback(field.scalar);
  return named ?? fallback(field.scalar);
}

/**
 * Whether the tables have an example for the field's name; a nested message needs none, it is built from its fields.
 */
export function hasNamedExample(field: DescField): boolean {
  return field.message !== undefined || namedExample(field) !== undefined;
}

/** An example body that can be sent any number of times. */
export function exampleToSend(body: BodyField): JsonValue {
  if (body.fieldKind === 'list' || isAnyObject(body.message)) return exampleOfField(body);
  const fields = body.message.fields.filter((field) => !ruleOf(field).unique);
  return Object.fromEntries(fields.map((field) => [field.name, exampleOfField(field)]));
}

/** An example of an operation's answer; null when it has no body. */
export function exampleResponse(endpoint: Endpoint): JsonValue {
  if (isNothing(endpoint)) return null;
  if (isDocument(endpoint.response)) return endpoint.example === '' ? {} : (JSON.parse(endpoint.example) as JsonValue);
  const whole = exampleOfMessage(endpoint.response);
  return endpoint.response_field === undefined ? whole : (whole[endpoint.response_field] ?? null);
}

/** The example that the contract gives a field, or else the one that the documents have for its name. */
export function namedExample(field: DescField): JsonValue | undefined {
  const { example } = ruleOf(field);
  if (example !== '') return JSON.parse(example) as JsonValue;
  return examplesByName[field.name];
}

/** The first value other than the zero value, which means "unspecified". */
function exampleOfEnum({ values }: DescEnum): string {
  return (values[1] ?? values[0])?.name ?? '';
}

function fallback(type: ScalarType | undefined): JsonValue {
  if (type === ScalarType.BOOL) return false;
  return type === ScalarType.STRING || type === ScalarType.BYTES || type === undefined ? '' : 0;
}
