import { isId, pageOf } from '@platform/input';
import { type BoundService, bind, messagesOf } from '@platform/grpc';
import { type AuditEvent, AuditServiceDefinition, type GetAuditEventsRequest } from '@platform/messages';
import { autocommit, pagesOf, type Reader } from '@platform/persistence';
import type { Parts } from '../parts.js';
import { eventsBefore, insertEvents } from './audit.sql.js';

/** Rows per message: a few hundred kilobytes. */
const listRows = 500;

/** The security trail: services add events, and callers with the role read them. */
export function createAuditService({ orm, reader }: Parts): BoundService {
  return bind(AuditServiceDefinition, {
    getAuditEvents: (request) => messagesOf(listed(reader, request), (events) => ({ events })),
    async recordAuditEvents({ events }) {
      await autocommit(orm, {}, (em) => insertEvents(em, events));
      return {};
    },
  });
}

/** @throws ObpFailure OBP-10016 */
async function* listed(reader: Reader, request: GetAuditEventsRequest): AsyncGenerator<AuditEvent[]> {
  const { limit } = pageOf(request);
  const { before, user_id, operation_id, result } = request;
  // No event has such a value, and PostgreSQL does not accept every text.
  if (
    [before, user_id, operation_id, result].some((value) => typeof value === 'string' && value !== '' && !isId(value))
  )
    return;
  yield* pagesOf<AuditEvent>(
    listRows,
    (last, rows) => reader.page(eventsBefore(request, last?.event_id ?? before ?? undefined, rows)),
    { limit },
  );
}
