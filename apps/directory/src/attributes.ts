import { invalidBody } from '@platform/failure';

/** An attribute as bodies have it. Of an account or a user its value may be any text: only customers' values must fit their type. */
export interface NamedValue {
  readonly name: string;
  readonly type: string;
  readonly value: string;
}

/**
 * Bytes that the attributes of one account or one user may take together. They travel in one message, and a gRPC client
 * takes 4 MB.
 */
export const attributesBytes = 3_000_000;

/** The bytes of an attribute besides its texts: id, type, date and encoding. */
export const attributeOverhead = 200;

/** @throws ObpFailure OBP-10001 when the owner's attributes are too large together */
export function checkRoom(bytes: number, owner: string): void {
  if (bytes > attributesBytes)
    invalidBody(`The attributes of ${owner} must not take more than ${attributesBytes} bytes.`);
}
