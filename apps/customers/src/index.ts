export { configOf, type CustomersConfig, settings } from './config.js';
export { createCustomersService, type CustomersService } from './service.js';
