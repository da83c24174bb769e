import { LockMode } from '@mikro-orm/postgresql';
import type { Implementation } from '@platform/grpc';
import { ownAuthor } from '@platform/journal';
import type { AgentServiceDefinition } from '@platform/messages';
import type { Outbox, TaskHandler } from '@platform/outbox';
import { autocommit } from '@platform/persistence';
import { wireTime } from '@platform/runtime';
import type { JournaledParts } from '@platform/service';
import { v7 } from 'uuid';
import type { AgentAccounts } from './agent-account.js';
import { Agent, AgentSchema } from './agent.entity.js';
import { agentConflicts } from './agent-rules.js';
import { agentV510 } from './agent.shape.js';

/** Opens the account of a new agent, creates the link to it, and then makes the agent visible. */
export function agentCompletion(
  { service, orm, journal }: Pick<JournaledParts, 'service' | 'orm' | 'journal'>,
  accounts: AgentAccounts,
): TaskHandler {
  return {
    async deliver({ bank_id, subject: agent_id }, correlation_id) {
      const key = { bank_id, agent_id };
      const agent = await autocommit(orm, {}, (em) => em.findOneOrFail(AgentSchema, key));
      // The task may run again if its end was not recorded: staff may have changed the account or link since, so they
      // are not created again.
      if (agent.is_complete) return;
      await accounts.open(agent, correlation_id);
      await journal.command(ownAuthor(service, 'agent-creation', correlation_id), {}, async (em) => {
        const opened = await em.findOneOrFail(AgentSchema, key, { lockMode: LockMode.PESSIMISTIC_WRITE });
        opened.complete();
      });
    },
  };
}

/**
 * Creates an agent with its account and the link between them: all or nothing. The agent's row and a task are written
 * first, in one transaction; the task does the rest and then makes the agent visible. If a service is down, the client
 * gets an error, and the task is completed as soon as possible. Until then no caller sees the agent, but its number is
 * taken: creating the same agent again is refused with OBP-30328.
 */
export function agentCreation(
  { journal, clock }: Pick<JournaledParts, 'journal' | 'clock'>,
  outbox: Outbox<'agent-creation'>,
): Implementation<AgentServiceDefinition> {
  return {
    async createAgent({ bank_id, body }, call) {
      // Version 7: the order of the ids is that of creation.
      const task = { kind: 'agent-creation', bank_id, subject: v7() } as const;
      const birth = { bank_id, agent_id: task.subject, account_id: v7(), link_id: v7(), now: wireTime(clock()) };
      const created = await journal.command(call, agentConflicts(bank_id, body.agent_number), async (em) => {
        const agent = new Agent(birth, body);
        em.persist(agent);
        await outbox.append(em, task);
        return agentV510(agent);
      });
      // If the task is no longer pending, another process has completed it.
      await outbox.settle(task, call.correlation_id);
      // Being completed was its first change.
      return { ...created, version: created.version + 1 };
    },
  };
}
