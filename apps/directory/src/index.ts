export { type DirectoryConfig, directoryConfig, directorySettings } from './config.js';
export { createDirectoryService, type DirectoryService } from './service.js';
