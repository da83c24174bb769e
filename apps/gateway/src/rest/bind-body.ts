import { type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';
import { FeatureSet_FieldPresence } from '@bufbuild/protobuf/wkt';
import { Format } from '@platform/descriptors';
import { type BodyField, ruleOf } from '@platform/endpoints';
import { fail } from '@platform/failure';
import { Failure } from '@platform/messages';
import { type Json, JsonNumber, type JsonObject, toPlain } from '../http/json.js';

type Plain = Record<string, unknown>;
/** Converts a JSON value to a field's plain value. `undefined`: the key is absent. */
type Read = (value: Json | undefined, name: string) => unknown;

/** What is wrong with a body, e.g. "dependants must be a whole number". */
class BodyFault extends Error {}

function refuse(name: string, reason: string): never {
  throw new BodyFault(`${name} ${reason}`);
}

/**
 * Compiles the reader of a body, which is a message or a list. Unknown keys are ignored.
 * @returns a function from the parsed JSON to the field's plain value; it throws OBP-10001 naming the shape and the fault
 */
export function compileBody(body: BodyField): (json: Json | undefined) => unknown {
  const read = body.fieldKind === 'message' ? compileNested(body.message) : compileField(body);
  const shape = body.message?.name ?? 'List';
  const { unnamed } = ruleOf(body);
  return (json) => {
    try {
      if (body.fieldKind === 'message' ? !(json instanceof Map) : !Array.isArray(json))
        refuse('the body', `must be a JSON ${body.fieldKind === 'message' ? 'object' : 'list'}`);
      return read(json, '');
    } catch (error) {
      if (!(error instanceof BodyFault)) throw error;
      return fail(
        Failure.FAILURE_INVALID_JSON_FORMAT,
        unnamed ? '' : ` The Json body should be the ${shape} (${error.message})`,
      );
    }
  };
}

function compileMessage(message: DescMessage): (object: JsonObject, prefix: string) => Plain {
  const members = message.fields.map((field) => ({ name: field.name, read: compileField(field) }));
  return (object, prefix) => {
    const plain: Plain = {};
    for (const { name, read } of members) plain[name] = read(object.get(name), prefix + name);
    return plain;
  };
}

function compileField(field: DescField): Read {
  const { required } = ruleOf(field);
  const absent = (value: Json | undefined, name: string): boolean => {
    if (value === undefined && required) refuse(name, 'must be given');
    return value === undefined || value === null;
  };
  if (field.fieldKind === 'list') {
    const read =
      field.listKind === 'message' ? compileNested(field.message) : compileScalar(field, field.scalar as ScalarType);
    return (value, name) => {
      if (absent(value, name)) return [];
      if (!Array.isArray(value)) return refuse(name, 'must be a list');
      return (value as readonly Json[]).map((item, index) => read(item, `${name}[${index}]`));
    };
  }
  if (field.fieldKind === 'message') {
    const read = compileNested(field.message);
    return (value, name) => {
      if (required && value === null) refuse(name, 'must be an object');
      return absent(value, name) ? null : read(value, name);
    };
  }
  if (field.fieldKind !== 'scalar')
    throw new Error(`${field.toString()}: this kind of field has no place in a JSON body`);
  const read = compileScalar(field, field.scalar);
  if (field.presence === FeatureSet_FieldPresence.EXPLICIT)
    return (value, name) => (absent(value, name) ? null : read(value, name));
  return (value, name) => (value === undefined || value === null ? refuse(name, 'must be given') : read(value, name));
}

function compileNested(message: DescMessage): Read {
  const read = message.typeName === 'google.protobuf.Struct' ? toPlain : compileMessage(message);
  return (value, name) =>
    value instanceof Map ? read(value as JsonObject, name === '' ? '' : `${name}.`) : refuse(name, 'must be an object');
}

function compileScalar(field: DescField, type: ScalarType): Read {
  if (ruleOf(field).format === Format.DATE_TIME) return dateTime;
  switch (type) {
    case ScalarType.STRING:
      return text;
    case ScalarType.BOOL:
      return (value, name) => (typeof value === 'boolean' ? value : refuse(name, 'must be true or false'));
    case ScalarType.INT32:
      return whole;
    case ScalarType.DOUBLE:
      return (value, name) =>
        value instanceof JsonNumber && Number.isFinite(Number(value.text))
          ? Number(value.text)
          : refuse(name, 'must be a number');
    default:
      throw new Error(`${field.toString()}: this type has no place in a JSON body`);
  }
}

/** Clients send amounts as numbers: a number or boolean becomes its text. */
function text(value: Json | undefined, name: string): string {
  if (typeof value === 'string') return value;
  if (value instanceof JsonNumber) return value.text;
  if (typeof value === 'boolean') return String(value);
  return refuse(name, 'must be a string');
}

/** Whether the text is a valid date is checked later, for requests of every protocol. */
function dateTime(value: Json | undefined, name: string): string {
  return typeof value === 'string' ? value : refuse(name, 'must be a date like 2013-01-21T23:08:00Z');
}

/** Fractions are cut off. */
function whole(value: Json | undefined, name: string): number {
  if (!(value instanceof JsonNumber)) return refuse(name, 'must be a whole number');
  const cut = Math.trunc(Number(value.text)) + 0;
  return Math.abs(cut) < 2 ** 31 ? cut : refuse(name, 'must be a whole number of at most 2147483647');
}
