export { linksConfig, type LinksConfig, linksSettings } from './config.js';
export { createLinksService } from './service.js';
