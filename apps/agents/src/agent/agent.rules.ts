import { checkTexts, fail } from '@platform/failure';
import { Failure, type PostAgentJsonV510 } from '@platform/messages';
import type { ConstraintFailures } from '@platform/persistence';

const limits = { legal_name: 255, mobile_phone_number: 50, agent_number: 50, currency: 10 };

/** @throws ObpFailure OBP-10001 naming the field */
export function checkAgent(body: PostAgentJsonV510): void {
  checkTexts(body, limits);
}

/** A number belongs to one agent of the bank. */
export function agentConflicts(bank_id: string, agent_number: string): ConstraintFailures {
  return {
    agent_number_unique: () => fail(Failure.FAILURE_AGENT_NUMBER_EXISTS, ` Current agent_number(${agent_number}) and Current bank_id(${bank_id})`),
  };
}

/** @throws ObpFailure OBP-30201 */
export function agentUnknown(agent_id: string): never {
  return fail(Failure.FAILURE_AGENT_NOT_FOUND, `. Current AGENT_ID(${agent_id})`);
}
