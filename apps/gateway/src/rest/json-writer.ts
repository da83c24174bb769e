import { type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';
import { FeatureSet_FieldPresence } from '@bufbuild/protobuf/wkt';
import { ruleOf } from '@platform/endpoints';
import type { ListPart } from '../http/answer-stream.js';
import { JsonBuffer } from './json-buffer.js';

/** The reading position. */
interface Cursor {
  readonly bytes: Buffer;
  at: number;
}

type WriteValue = (cursor: Cursor, end: number, out: JsonBuffer) => void;

interface FieldWriter {
  readonly tag: number;
  /** `"name":` with the punctuation before it. */
  readonly name: Buffer;
  /** The same, followed by the value that a field absent from the bytes has. */
  readonly absent: Buffer;
  readonly isList: boolean;
  readonly write: WriteValue;
  /** Only gRPC has it: it is read, and not written. */
  readonly isHidden: boolean;
}

/** Thrown when this writer cannot handle the bytes. The message is then decoded first, which costs more but is rare. */
class Unwritable extends Error {}
const unwritable = new Unwritable('not in the order of the contract');

/**
 * Compiles a writer for the items of a streamed list. It turns the bytes of the messages directly into the text that
 * JSON.stringify gives for the decoded messages.
 * @returns undefined for a list with other fields than texts, numbers up to 32 bits, flags, enums and messages of
 * these, or with fields that only some versions show; the compiled function returns undefined for bytes that are not in the contract's order
 */
export function compileItems(response: DescMessage): ((bytes: Buffer) => ListPart | undefined) | undefined {
  const [list, ...others] = response.fields;
  if (list?.fieldKind !== 'list' || list.listKind !== 'message' || others.length > 0) return undefined;
  const write = compileMessage(list.message, [response]);
  if (write === undefined) return undefined;
  const tag = tagOf(list.number, 2);
  const out = new JsonBuffer();
  return (bytes) => {
    out.size = 0;
    try {
      return { items: writeItems({ bytes, at: 0 }, tag, write, out), text: out.take() };
    } catch (error) {
      if (error instanceof Unwritable) return undefined;
      throw error;
    }
  };
}

function writeItems(cursor: Cursor, tag: number, write: WriteValue, out: JsonBuffer): number {
  let items = 0;
  for (const end = cursor.bytes.length; cursor.at < end; items += 1) {
    if (varint(cursor, end) !== tag) throw unwritable;
    if (items > 0) out.byte(0x2c);
    write(cursor, end, out);
  }
  return items;
}

function compileMessage(message: DescMessage, above: readonly DescMessage[]): WriteValue | undefined {
  if (above.includes(message) || message.typeName.startsWith('google.') || message.fields.length === 0)
    return undefined;
  const fields: FieldWriter[] = [];
  let last = 0;
  for (const field of message.fields) {
    const writer = compileField(field, [...above, message], fields.length === 0);
    // Fields are written as they come, so the field numbers must be in the order of the object's members.
    if (writer === undefined || field.number < last) return undefined;
    last = field.number;
    fields.push(writer);
  }
  return (cursor, limit, out) => {
    const end = lengthDelimited(cursor, limit);
    let next = 0;
    while (cursor.at < end) {
      const tag = varint(cursor, end);
      while (next < fields.length && (fields[next] as FieldWriter).tag !== tag)
        out.raw((fields[next++] as FieldWriter).absent);
      if (next === fields.length) throw unwritable;
      writeField(fields[next++] as FieldWriter, cursor, end, out);
    }
    while (next < fields.length) out.raw((fields[next++] as FieldWriter).absent);
    out.byte(0x7d);
  };
}

function writeField(field: FieldWriter, cursor: Cursor, end: number, out: JsonBuffer): void {
  const { tag, name, isList, write, isHidden } = field;
  if (isHidden) return void varint(cursor, end);
  out.raw(name);
  if (!isList) return write(cursor, end, out);
  out.byte(0x5b);
  write(cursor, end, out);
  for (let back = cursor.at; cursor.at < end; back = cursor.at) {
    if (varint(cursor, end) !== tag) {
      cursor.at = back;
      break;
    }
    out.byte(0x2c);
    write(cursor, end, out);
  }
  out.byte(0x5d);
}

function compileField(field: DescField, above: readonly DescMessage[], isFirst: boolean): FieldWriter | undefined {
  const value = compileValue(field, above);
  const { since, rpcOnly } = ruleOf(field);
  if (value === undefined || field.oneof !== undefined || since !== '') return undefined;
  // Only a number, and after the other members, is simply skipped.
  if (rpcOnly && (value.wireType !== 0 || field.fieldKind === 'list' || isFirst)) return undefined;
  const name = `${isFirst ? '{' : ','}${JSON.stringify(field.name)}:`;
  const absent =
    field.fieldKind === 'list' ? '[]' : field.presence === FeatureSet_FieldPresence.IMPLICIT ? value.initial : 'null';
  return {
    tag: tagOf(field.number, value.wireType),
    name: Buffer.from(name),
    absent: Buffer.from(rpcOnly ? '' : name + absent),
    isList: field.fieldKind === 'list',
    write: value.write,
    isHidden: rpcOnly,
  };
}

function compileValue(
  field: DescField,
  above: readonly DescMessage[],
): { readonly wireType: number; readonly initial: string; readonly write: WriteValue } | undefined {
  if (field.message !== undefined && field.fieldKind !== 'map') {
    const write = compileMessage(field.message, above);
    return write && { wireType: 2, initial: 'null', write };
  }
  if (field.fieldKind === 'enum') return { wireType: 0, initial: '0', write: writeInt32 };
  // Lists of numbers use the packed encoding, which is not handled here.
  if (field.scalar === ScalarType.STRING) return { wireType: 2, initial: '""', write: writeText };
  if (field.fieldKind !== 'scalar') return undefined;
  if (field.scalar === ScalarType.BOOL) return { wireType: 0, initial: 'false', write: writeFlag };
  if (field.scalar === ScalarType.INT32) return { wireType: 0, initial: '0', write: writeInt32 };
  return undefined;
}

const writeText: WriteValue = (cursor, limit, out) => {
  const end = lengthDelimited(cursor, limit);
  out.text(cursor.bytes, cursor.at, end);
  cursor.at = end;
};

const writeInt32: WriteValue = (cursor, end, out) => {
  const value = varint(cursor, end) | 0;
  if (value >= 0 && value < 10) out.byte(0x30 + value);
  else out.value(value);
};

const yes = Buffer.from('true');
const no = Buffer.from('false');
const writeFlag: WriteValue = (cursor, end, out) => out.raw(varint(cursor, end) === 0 ? no : yes);

function tagOf(number: number, wireType: number): number {
  return ((number << 3) | wireType) >>> 0;
}

/** Reads a length and returns the position where the value ends. */
function lengthDelimited(cursor: Cursor, limit: number): number {
  const length = varint(cursor, limit);
  const end = cursor.at + length;
  if (end > limit) throw unwritable;
  return end;
}

/** Reads a varint's lower 32 bits. */
function varint(cursor: Cursor, end: number): number {
  const first = cursor.at < end ? (cursor.bytes[cursor.at] as number) : 0x80;
  if (first < 0x80) {
    cursor.at += 1;
    return first;
  }
  let value = 0;
  for (let shift = 0; cursor.at < end && shift < 70; shift += 7) {
    const byte = cursor.bytes[cursor.at++] as number;
    if (shift < 32) value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return value >>> 0;
  }
  throw unwritable;
}
