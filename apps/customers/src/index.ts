export { customersConfig, type CustomersConfig, customersSettings } from './config.js';
export { createCustomersService } from './service.js';
