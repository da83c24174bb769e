/**
 * How long a statement of a migration waits for a lock: everyone who comes after it waits too. Then the migration begins
 * again. Milliseconds.
 */
export const migrationLockWait_ms = 500;

/**
 * The statements that build an index while the table is read and written: for a migration that is not transactional.
 * They may run again after they were interrupted. Building waits for older transactions, but nobody waits for it.
 * @param definition what follows the name: "on token (token_id)"
 */
export function onlineIndex(name: string, definition: string, unique = false): string[] {
  return [
    'set lock_timeout = 0',
    `drop index concurrently if exists ${name}`,
    `create ${unique ? 'unique ' : ''}index concurrently ${name} ${definition}`,
    `set lock_timeout = ${migrationLockWait_ms}`,
  ];
}
