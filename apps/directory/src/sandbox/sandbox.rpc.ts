import { fail } from '@platform/failure';
import { type BoundService, bind, type Call, type Given } from '@platform/grpc';
import {
  Failure,
  type SandboxDataImportRequest,
  type SandboxImported,
  SandboxServiceDefinition,
  type SandboxUser,
} from '@platform/messages';
import { command } from '@platform/persistence';
import { wireTime } from '@platform/runtime';
import type { ServiceParts } from '@platform/service';
import type { Parts } from '../parts.js';
import { checkedImport } from './checked-import.js';
import { createCrmEventDelivery } from './crm-event-delivery.js';
import { insertImport } from './insert-import.js';

/** So many passwords of an import are hashed or wait for it: logins take turns with them. */
const hashedAtOnce = 2;

/** How long an import may take before it answers without waiting for its CRM events: less than its caller waits. */
const answer_ms = 4_000;

/** Imports of whole sandboxes. */
export function createSandboxService(parts: Parts & ServiceParts): BoundService {
  const { orm, config, clock, passwords } = parts;
  const delivery = createCrmEventDelivery(parts.outbox, parts.log);

  /** Checks everything, then writes everything in one transaction, or nothing. */
  const sandboxDataImport = async (
    { body }: Given<SandboxDataImportRequest>,
    { correlation_id, signal }: Call,
  ): Promise<SandboxImported> => {
    const began = performance.now();
    const data = checkedImport(body);
    const caller = signal();
    const hashes = await hashesOf(passwords, data.users);
    // A caller who waited no longer is told that nothing came of it.
    if (caller.aborted) fail(Failure.FAILURE_REQUEST_TIMEOUT);
    const deliveries = await command(orm, {}, async (em) => {
      const first = await insertImport(em, data, { hashes, provider: config.provider, created_at: wireTime(clock()) });
      return delivery.append(em, first);
    });
    // Written is imported: the events are on their way, also when the customers service is down.
    await delivery.settle(deliveries, correlation_id, began + answer_ms - performance.now());
    return { success: 'Success' };
  };

  return bind(SandboxServiceDefinition, { sandboxDataImport });
}

/** Hashes by user name. */
async function hashesOf(passwords: Parts['passwords'], users: readonly SandboxUser[]): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  const waiting = users.values();
  const work = async () => {
    for (const { user_name, password } of waiting) hashes.set(user_name, await passwords.hash(password));
  };
  await Promise.all(Array.from({ length: hashedAtOnce }, work));
  return hashes;
}
