import type { AuditEvent } from '@platform/messages';
import { v7 } from 'uuid';

export type AuditKind =
  | 'login'
  | 'grant'
  | 'revocation'
  | 'refusal'
  | 'application'
  | 'export'
  | 'firehose'
  | 'deletion'
  | 'import'
  | 'lock'
  | 'token';

/** The caller of an operation. */
export interface AuditedCall {
  /** The operation's id; for a login, the kind of login. */
  readonly operation_id: string;
  /** Empty when the user is not known. */
  readonly user_id: string;
  readonly consumer_id: string;
  readonly correlation_id: string;
}

/** What was done. It contains only ids: never a name, a value or a secret. */
export interface Outcome {
  readonly kind: AuditKind;
  /** The user, where it is known only after the call. */
  readonly user_id?: string;
  readonly bank_id?: string;
  /** The id of the record that was changed or read. */
  readonly subject?: string;
  /** The name of a role that was granted or revoked. */
  readonly role?: string;
  /** The code of a failure; absent when the call succeeded. */
  readonly result?: string;
}

export const succeeded = 'ok';

/** The event of a call, with the current time. Within one process, ids sort in the order in which they are made. */
export function eventOf(
  { operation_id, consumer_id, correlation_id, ...auditedCall }: AuditedCall,
  { kind, user_id = auditedCall.user_id, bank_id = '', subject = '', role = '', result = succeeded }: Outcome,
  now: number,
): AuditEvent {
  return {
    event_id: v7(),
    occurred_at: new Date(now).toISOString(),
    kind,
    operation_id,
    user_id,
    consumer_id,
    bank_id,
    subject,
    role,
    result,
    count: 1,
    correlation_id,
  };
}
