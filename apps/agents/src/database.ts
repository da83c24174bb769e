import { AgentSchema } from './agent/agent.entity.js';
import { migrations } from './migrations/index.js';

/** The service's own database: what commands load, and how its tables come to be. */
export const database = { entities: [AgentSchema], migrations } as const;
