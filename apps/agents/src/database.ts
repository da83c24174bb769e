import { AgentSchema } from './agent/agent.entity.js';
import { migrations } from './migrations/index.js';

/** The service's own database: the entities that commands load, and the migrations. */
export const database = { entities: [AgentSchema], migrations } as const;
