export { attributesConfig, type AttributesConfig, attributesSettings } from './config.js';
export { createAttributesService } from './service.js';
