export { agentsConfig, type AgentsConfig, agentsSettings } from './config.js';
export { createAgentsService } from './service.js';
