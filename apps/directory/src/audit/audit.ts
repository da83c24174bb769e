import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { type AuditedCall, eventOf, type Outcome, type Trail } from '@platform/audit';
import { type Call, pathOf, type ServiceDefinition } from '@platform/grpc';
import { rpcTable } from '@platform/messages';
import { command, type ConstraintFailures } from '@platform/persistence';
import type { Clock } from '@platform/runtime';
import { insertEvents } from './audit.sql.js';

/** Adds an event of a command to the trail; it is stored together with the command's changes, or not at all. */
export type Note = (outcome: Outcome) => void;

/** Writes the directory's own events to the trail. */
export interface Audit {
  /** A command whose events are stored in its own transaction. */
  command<T>(
    auditedCall: AuditedCall,
    constraints: ConstraintFailures,
    work: (em: EntityManager, note: Note) => Promise<T>,
  ): Promise<T>;
  /** Records an event of a call that changes nothing in the directory. */
  record: Trail['record'];
}

export function createAudit({ orm, trail, clock }: { orm: MikroORM; trail: Trail; clock: Clock }): Audit {
  return {
    async command(auditedCall, constraints, work) {
      const { result, events } = await command(orm, constraints, async (em) => {
        const outcomes: Outcome[] = [];
        const result = await work(em, (outcome) => outcomes.push(outcome));
        const events = outcomes.map((outcome) => eventOf(auditedCall, outcome, clock()));
        await insertEvents(em, events);
        return { result, events };
      });
      events.forEach(trail.stored);
      return result;
    },
    record: trail.record,
  };
}

/** Describes the caller and the operation of an rpc for its events. */
export function auditedCallOf<D extends ServiceDefinition>(
  { caller, correlation_id }: Pick<Call, 'caller' | 'correlation_id'>,
  definition: D,
  method: keyof D['methods'] & string,
): AuditedCall {
  const { operation_id = '' } = rpcTable[pathOf(definition, definition.methods[method]?.name ?? '')] ?? {};
  return { operation_id, user_id: caller.user_id, consumer_id: caller.consumer_id, correlation_id };
}
