import { fail, failAbout } from '@platform/failure';
import { Failure } from '@platform/messages';
import type { ConstraintFailures } from '@platform/persistence';

/** At a bank, a number belongs to only one agent. */
export function agentConflicts(bank_id: string, agent_number: string): ConstraintFailures {
  return {
    agent_number_unique: () =>
      fail(
        Failure.FAILURE_AGENT_NUMBER_EXISTS,
        ` Current agent_number(${agent_number}) and Current bank_id(${bank_id})`,
      ),
  };
}

/** @throws ObpFailure OBP-30201 */
export function agentUnknown(agent_id: string): never {
  return failAbout(Failure.FAILURE_AGENT_NOT_FOUND, { agent_id });
}
