export { type DirectoryConfig, directoryConfig, directorySettings } from './config.js';
export { createDirectoryService } from './service.js';
