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

/** How many of an import's passwords are hashed or queued at once: so logins get their turn. */
const hashedAtOnce = 2;

/** After this time, an import is answered without waiting for its CRM events: shorter than the caller's deadline. */
const answer_ms = 4_000;

/** Imports of whole sandboxes. */
export function createSandboxService(parts: Parts & ServiceParts): BoundService {
  const { orm, config, clock, passwords } = parts;
  const delivery = createCrmEventDelivery(parts.outbox, parts.log);

  /** Checks everything, then writes everything in one transaction; otherwise nothing. */
  const sandboxDataImport = async (
    { body }: Given<SandboxDataImportRequest>,
    { correlation_id, signal }: Call,
  ): Promise<SandboxImported> => {
    const began = performance.now();
    const data = checkedImport(body);
    const caller = signal();
    const hashes = await hashesOf(passwords, data.users);
    // The caller has given up and was told that the import failed, so nothing may be written.
    if (caller.aborted) fail(Failure.FAILURE_REQUEST_TIMEOUT);
    const deliveries = await command(orm, {}, async (em) => {
      const first = await insertImport(em, data, { hashes, provider: config.provider, created_at: wireTime(clock()) });
      return delivery.append(em, first);
    });
    // The import is written; its events are delivered later if the customers service is down.
    await delivery.settle(deliveries, correlation_id, began + answer_ms - performance.now());
    return { success: 'Success' };
  };

  return bind(SandboxServiceDefinition, { sandboxDataImport });
}

/** The passwords' hashes, by user name. */
async function hashesOf(passwords: Parts['passwords'], users: readonly SandboxUser[]): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  const waiting = users.values();
  const work = async () => {
    for (const { user_name, password } of waiting) hashes.set(user_name, await passwords.hash(password));
  };
  await Promise.all(Array.from({ length: hashedAtOnce }, work));
  return hashes;
}
