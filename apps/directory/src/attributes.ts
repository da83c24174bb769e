import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { invalidBody } from '@platform/failure';
import { command, hasRow } from '@platform/persistence';

/** An attribute as bodies have it. Of an account or a user its value may be any text: only customers' values must fit their type. */
export interface NamedValue {
  readonly name: string;
  readonly type: string;
  readonly value: string;
}

/** An account or a user. The key is the values of both statements. */
export interface AttributeOwner {
  readonly what: 'an account' | 'a user';
  readonly key: readonly string[];
  /** Locks the owner; one row if there is one. */
  readonly locked: string;
  /** One row with the `bytes` that its attributes take together. */
  readonly size: string;
  /** Throws the failure for an owner that does not exist. */
  readonly unknown: () => never;
}

/**
 * Bytes that the attributes of one account or one user may take together. They travel in one message, and a gRPC client
 * takes 4 MB.
 */
export const attributesBytes = 3_000_000;

/** The bytes of an attribute besides its texts: id, type, date and encoding. */
export const attributeOverhead = 200;

/**
 * Runs changes of one owner's attributes one after the other, so that their total size can be checked.
 * @throws ObpFailure OBP-10001 when the owner's attributes are too large together
 */
export function changeAttributes<Row>(
  orm: MikroORM,
  { what, key, locked, size, unknown }: AttributeOwner,
  change: (em: EntityManager) => Row | Promise<Row>,
): Promise<Row> {
  return command(orm, {}, async (em) => {
    if (!(await hasRow(em, locked, key))) unknown();
    const changed = await change(em);
    await em.flush();
    const [sum]: { bytes: number | null }[] = await em.execute(size, [...key]);
    if ((sum?.bytes ?? 0) > attributesBytes)
      invalidBody(`The attributes of ${what} must not take more than ${attributesBytes} bytes.`);
    return changed;
  });
}
