import { invalidBody, isAttributeType } from '@platform/failure';

/** An attribute in a request's body. */
export interface NamedValue {
  readonly name: string;
  readonly type: string;
  readonly value: string;
}

/**
 * Checks the type of an attribute of an account or a user. Its value may be any text: only the values of customer
 * attributes must match their type.
 * @param examples the types as the error message lists them
 * @throws ObpFailure OBP-10001
 */
export function checkAttributeType(type: string, examples: string): void {
  if (!isAttributeType(type)) invalidBody(`The \`Type\` field can only accept the following field: ${examples}`);
}

/**
 * The most bytes that all attributes of one account or one user may take. They are sent in one message, and a gRPC
 * client accepts 4 MB.
 */
export const attributesBytes = 3_000_000;

/** The bytes of an attribute besides its texts: id, type, date and encoding. */
export const attributeOverhead = 200;

/** @throws ObpFailure OBP-10001 when the owner's attributes are too large together */
export function checkRoom(bytes: number, owner: string): void {
  if (bytes > attributesBytes)
    invalidBody(`The attributes of ${owner} must not take more than ${attributesBytes} bytes.`);
}
