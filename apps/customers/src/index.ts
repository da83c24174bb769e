export { customersConfig, type CustomersConfig, customersSettings } from './config.js';
export { createCustomersService, type CustomersService } from './service.js';
