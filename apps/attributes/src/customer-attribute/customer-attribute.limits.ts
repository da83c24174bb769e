import { type AttributeType, invalidBody } from '@platform/failure';
import type { CustomerAttributeJsonV400 } from '@platform/messages';
import { expectedInstead } from './attribute-value.js';

/** Attributes of one message: with every text at its limit, and each of another customer, they stay under 4 MB. */
export const messageAttributes = 400;

/** What an attribute takes beside its name and value: its id and type, and what frames them. */
export const attributeOverhead = 100;

/** What a body says, checked. */
export interface AttributeFields {
  readonly name: string;
  readonly type: AttributeType;
  readonly value: string;
}

/**
 * Reads a body, whose type is one.
 * @throws ObpFailure OBP-10001 unless the value is of the type
 */
export function attributeFields(body: CustomerAttributeJsonV400): AttributeFields {
  const { name, value } = body;
  const type = body.type as AttributeType;
  const expected = expectedInstead(type, value);
  if (expected !== undefined) invalidBody(`The \`Value\` field must be ${expected}, because the \`Type\` is ${type}.`);
  return { name, type, value };
}

/**
 * Bytes that a customer's attributes may take together. Many customers travel together, and those of one in one message of
 * the edge. Writers at the same moment may pass it by what each of them adds.
 */
export const attributesBytes = 1_000_000;

/** @throws ObpFailure OBP-10001 unless the attribute fits beside the `bytes` that the customer's others take */
export function checkRoom({ name, value }: AttributeFields, bytes: number): void {
  if (bytes + attributeOverhead + Buffer.byteLength(name) + Buffer.byteLength(value) > attributesBytes) {
    invalidBody(`The attributes of a customer must not take more than ${attributesBytes} bytes.`);
  }
}

/**
 * Checks an attribute against what its bank's active definition of the name says, where there is one.
 * @throws ObpFailure OBP-10001
 */
export function checkDefinedType({ name, type }: AttributeFields, defined: string | null): void {
  if (defined !== null && defined !== type)
    invalidBody(`The \`Type\` field must be ${defined}, as the bank's definition of the attribute ${name} says.`);
}
