import { invalidBody } from '@platform/failure';
import type { CustomerAttributeJsonV400 } from '@platform/messages';
import { type AttributeType, expectedInstead } from './attribute-value.js';

/** Attributes per message: with every text at its limit, and each from a different customer, they stay below 4 MB. */
export const messageAttributes = 400;

/** The bytes of an attribute besides its name and value: its id, type and encoding. */
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
 * The most bytes of a customer's attributes together. Many customers are sent together, and the attributes of one
 * customer in one message of the edge. Concurrent writers may exceed the limit by the attribute that each of them adds.
 */
export const attributesBytes = 1_000_000;

/** @throws ObpFailure OBP-10001 if the attribute does not fit, given the `bytes` of the customer's other attributes */
export function checkRoom({ name, value }: AttributeFields, bytes: number): void {
  if (bytes + attributeOverhead + Buffer.byteLength(name) + Buffer.byteLength(value) > attributesBytes) {
    invalidBody(`The attributes of a customer must not take more than ${attributesBytes} bytes.`);
  }
}

/**
 * Checks an attribute's type against the bank's active definition of its name, if there is one.
 * @throws ObpFailure OBP-10001
 */
export function checkDefinedType({ name, type }: AttributeFields, defined: string | null): void {
  if (defined !== null && defined !== type)
    invalidBody(`The \`Type\` field must be ${defined}, as the bank's definition of the attribute ${name} says.`);
}
