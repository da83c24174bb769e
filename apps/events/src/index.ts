export { eventsConfig, type EventsConfig, eventsSettings } from './config.js';
export { createEventsService } from './service.js';
